package dev.lintel.state;

import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.state.store.HeapStore;

/** Snapshots of a heap store: an image of its tree, which costs nothing to take. */
record HeapSnapshots(HeapStore store, String taskName) implements Snapshots {
  @Override
  public StateSnapshot take() {
    var image = store.view();
    long bytes = store.bytes();
    return new EntriesSnapshot(() -> image, () -> bytes, taskName, () -> {});
  }

  @Override
  public StateSnapshot takePortable() {
    return take();
  }
}
