package dev.lintel.state;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What state tests have in common. */
final class StateKit {
  static final int MAX_PARALLELISM = 128;
  static final KeyGroupRange ALL_GROUPS = new KeyGroupRange(0, MAX_PARALLELISM);
  static final long STORE_BYTES = 8 << 20;
  static final HoldListener NO_HOLDS =
      new HoldListener() {
        @Override
        public void holdAdded(long timestampMillis) {}

        @Override
        public void holdRemoved(long timestampMillis) {}
      };

  /** The two kinds of backend. */
  enum Kind {
    HEAP,
    ROCKSDB;

    /**
     * @param cacheBytes what all tasks' decoded cells may take
     */
    StateBackend backend(Path directory, long cacheBytes) {
      return switch (this) {
        case HEAP -> new HeapStateBackend(cacheBytes);
        case ROCKSDB -> new RocksDbStateBackend(directory, STORE_BYTES, cacheBytes);
      };
    }
  }

  private StateKit() {}

  static EncodedKey key(String text) {
    return new EncodedKey(text.getBytes(StandardCharsets.UTF_8));
  }

  static TaskState open(StateBackend backend) {
    return backend.open("stage/0", ALL_GROUPS, MAX_PARALLELISM);
  }
}
