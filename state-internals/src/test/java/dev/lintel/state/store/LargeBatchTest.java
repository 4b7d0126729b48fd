package dev.lintel.state.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches so large that they are handed to RocksDB in the order of their keys. */
class LargeBatchTest {
  private static final byte[] END = {
    (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff
  };

  @TempDir Path directory;

  /** Keys come several times in a batch, put and deleted, and are of several lengths. */
  @Test
  void ofSeveralRecordsOfAKeyTheLastOneWins() {
    try (RocksDbShared shared = new RocksDbShared(8 << 20, System::nanoTime)) {
      for (long seed = 1; seed <= 8; seed++) {
        try (RocksDbStore store = RocksDbStore.open(directory.resolve("s" + seed), shared)) {
          Run run = new Run(store, seed);
          run.commitOne(false);
          run.commitOne(seed % 2 == 0);
          run.commitOne(false);
        }
      }
    }
  }

  private static final class Run {
    private final RocksDbStore store;
    private final Batch batch;
    private final long seed;
    private final SplittableRandom random;
    private final NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);

    Run(RocksDbStore store, long seed) {
      this.store = store;
      this.batch = store.batch();
      this.seed = seed;
      this.random = new SplittableRandom(seed);
    }

    /**
     * @param withRange a range is deleted in the middle: what comes before it must not come after
     */
    void commitOne(boolean withRange) {
      int count = random.nextInt(1_024, 5_000);
      for (int i = 0; i < count; i++) {
        write();
        if (withRange && i == count / 2) {
          byte[] from = {20};
          byte[] end = {80};
          batch.deleteRange(from, end);
          model.subMap(from, end).clear();
        }
      }
      batch.commit();
      assertThat(batch.bytes()).as("seed %d", seed).isZero();
      assertThat(stored()).as("seed %d", seed).isEqualTo(expected());
    }

    private void write() {
      byte[] key = new byte[random.nextInt(1, 4)];
      random.nextBytes(key);
      if (random.nextInt(4) == 0) {
        batch.delete(new ByteWriter().bytes(key));
        model.remove(key);
      } else {
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        batch.put(new ByteWriter().bytes(key), new ByteWriter().bytes(value));
        model.put(key, value);
      }
    }

    private List<String> expected() {
      List<String> entries = new ArrayList<>();
      model.forEach((key, value) -> entries.add(entry(key, value)));
      return entries;
    }

    private List<String> stored() {
      List<String> entries = new ArrayList<>();
      try (Cursor cursor = store.scan(new byte[0], END)) {
        while (cursor.next()) {
          entries.add(entry(cursor.key(), cursor.value()));
        }
      }
      return entries;
    }

    private static String entry(byte[] key, byte[] value) {
      return HexFormat.of().formatHex(key) + "=" + HexFormat.of().formatHex(value);
    }
  }
}
