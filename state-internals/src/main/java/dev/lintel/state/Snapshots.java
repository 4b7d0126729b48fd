package dev.lintel.state;

import dev.lintel.state.snapshot.StateSnapshot;

/** How a backend takes snapshots of one store. <i>Ownership:</i> the task's thread. */
interface Snapshots {
  /** What is written from now on is written for the snapshot that is taken next. */
  default void begin() {}

  /** The store as it is now, in the backend's own format. */
  StateSnapshot take();

  /** The store as it is now, in the format of all backends. */
  StateSnapshot takePortable();

  /** Begins to do what {@link #take} would have to wait for, if that is enough to be worth it. */
  default void prepare() {}

  /** Whether what {@link #prepare} began is still being done. */
  default boolean isPreparing() {
    return false;
  }

  /** See {@link TaskState#takeWaitNanos}. */
  default long takeWaitNanos() {
    return 0;
  }
}
