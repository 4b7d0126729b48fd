package dev.lintel.state.image;

import dev.lintel.state.store.OrderedStore.Cursor;

/**
 * The entries of one task as a snapshot has them, to be read in any order of key groups and states.
 * <i>Ownership:</i> one thread.
 */
public interface TaskImage extends AutoCloseable {
  TaskHeader header();

  /** The entries of one state in one key group, in order, with their keys as stored. */
  Cursor scan(int keyGroup, int stateNumber);

  @Override
  void close();
}
