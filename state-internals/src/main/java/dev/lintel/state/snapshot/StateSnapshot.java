package dev.lintel.state.snapshot;

import java.util.List;

/**
 * The state of a task as it was at one moment. Taken by the task's thread; its files are written
 * out by any thread while the task goes on.
 */
public interface StateSnapshot extends AutoCloseable {
  SnapshotFormat format();

  /**
   * May wait until the backend has written what it had in memory. Any thread.
   *
   * @throws RuntimeException if it can't
   */
  List<SnapshotFile> files();

  /** Frees what keeps the files; nothing that was stored elsewhere is touched. Any thread. */
  @Override
  void close();
}
