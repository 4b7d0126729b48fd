package dev.lintel.state.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import dev.lintel.state.store.OrderedStore.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both stores against a plain sorted map, and RocksDB's own life. */
class OrderedStoreTest {
  private static final int OPERATIONS = 5_000;

  @TempDir Path directory;
  private RocksDbShared shared;

  @BeforeEach
  void open() {
    shared = new RocksDbShared(8 << 20, System::nanoTime);
  }

  @AfterEach
  void close() {
    shared.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "rocksdb"})
  void behavesAsASortedMap(String kind) {
    for (long seed = 1; seed <= 3; seed++) {
      OrderedStore store =
          kind.equals("heap")
              ? new HeapStore()
              : RocksDbStore.open(directory.resolve("s" + seed), shared);
      try (store) {
        new Run(store, seed).run();
      }
    }
  }

  private static final class Run {
    private final OrderedStore store;
    private final Batch batch;
    private final long seed;
    private final SplittableRandom random;
    private final NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Runnable> openReads = new ArrayList<>();

    Run(OrderedStore store, long seed) {
      this.store = store;
      this.batch = store.batch();
      this.seed = seed;
      this.random = new SplittableRandom(seed);
    }

    void run() {
      for (int step = 0; step < OPERATIONS; step++) {
        try {
          step();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", step " + step, e);
        }
      }
      openReads.forEach(Runnable::run);
    }

    private void step() {
      byte[] key = bytes(3);
      byte[] other = bytes(3);
      boolean inOrder = Arrays.compareUnsigned(key, other) <= 0;
      byte[] from = inOrder ? key : other;
      byte[] end = inOrder ? other : key;
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> {
          byte[] value = bytes(random.nextInt(50) == 0 ? 9000 : 10);
          store.put(key, value);
          model.put(key, value);
        }
        case 4 -> {
          store.delete(key);
          model.remove(key);
        }
        case 5 -> {
          if (random.nextInt(5) == 0) {
            store.deleteRange(from, end);
            model.subMap(from, end).clear();
          }
        }
        case 6 -> batch(from, end);
        case 7 -> openCursor(from, end);
        case 8 -> openSnapshot(from, end);
        case 9 -> {
          if (!openReads.isEmpty()) {
            openReads.remove(random.nextInt(openReads.size())).run();
          }
        }
        case 10 -> assertThat(store.get(new ByteWriter().bytes(key))).isEqualTo(model.get(key));
        default -> assertThat(store.get(key)).isEqualTo(model.get(key));
      }
    }

    private void batch(byte[] from, byte[] end) {
      for (int i = random.nextInt(5); i > 0; i--) {
        byte[] key = bytes(3);
        byte[] value = bytes(200);
        batch.put(new ByteWriter().bytes(key), new ByteWriter().bytes(value));
        model.put(key, value);
        byte[] gone = bytes(3);
        batch.delete(random.nextBoolean() ? new ByteWriter().bytes(gone) : writer(gone));
        model.remove(gone);
      }
      batch.delete(from);
      model.remove(from);
      if (random.nextInt(5) == 0) {
        batch.deleteRange(from, end);
        model.subMap(from, end).clear();
      }
      batch.commit();
      assertThat(batch.bytes()).isZero();
    }

    private static ByteWriter writer(byte[] bytes) {
      return new ByteWriter().fixed64(1).reset().bytes(bytes);
    }

    /** Opens a cursor, to be read after later writes. */
    private void openCursor(byte[] from, byte[] end) {
      List<List<byte[]>> expected = expected(from, end);
      Cursor cursor = store.scan(from, end);
      int ahead = random.nextInt(3);
      int read = 0;
      while (read < ahead && read < expected.size()) {
        cursor.next();
        read++;
      }
      List<List<byte[]>> rest = expected.subList(read, expected.size());
      openReads.add(() -> check(cursor, rest));
    }

    private void openSnapshot(byte[] from, byte[] end) {
      List<List<byte[]>> expected = expected(from, end);
      Snapshot snapshot = store.snapshot(from, end);
      openReads.add(
          () -> {
            check(snapshot.scan(), expected);
            check(snapshot.scan(), expected);
            snapshot.close();
          });
    }

    private List<List<byte[]>> expected(byte[] from, byte[] end) {
      List<List<byte[]>> expected = new ArrayList<>();
      model.subMap(from, end).forEach((key, value) -> expected.add(List.of(key, value)));
      return expected;
    }

    private static void check(Cursor cursor, List<List<byte[]>> expected) {
      try (cursor) {
        for (List<byte[]> entry : expected) {
          assertThat(cursor.next()).isTrue();
          assertThat(cursor.key()).isEqualTo(entry.get(0));
          assertThat(cursor.value()).isEqualTo(entry.get(1));
        }
        assertThat(cursor.next()).isFalse();
      }
    }

    private byte[] bytes(int lengthMax) {
      byte[] bytes = new byte[random.nextInt(lengthMax + 1)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) random.nextInt(-3, 4);
      }
      return bytes;
    }
  }

  @Test
  void closeLeavesNoFileAndNoReadThatCrashes() {
    Path path = directory.resolve("store");
    RocksDbStore store = RocksDbStore.open(path, shared);
    store.put(new byte[] {1}, new byte[] {1});
    Cursor cursor = store.scan(new byte[] {0}, new byte[] {9});
    assertThat(cursor.next()).isTrue();
    Snapshot snapshot = store.snapshot(new byte[] {0}, new byte[] {9});
    store.close();
    store.close();
    assertThat(path).doesNotExist();
    assertThatThrownBy(cursor::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Expected an open cursor");
    assertThatThrownBy(snapshot::scan).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.get(new byte[] {1}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(path.toString());
    cursor.close();
    snapshot.close();
  }

  @Test
  void whatAnEarlierProcessLeftIsNotRead() throws IOException {
    Path path = directory.resolve("store");
    Files.createDirectories(path);
    Files.writeString(path.resolve("CURRENT"), "left behind");
    try (RocksDbStore store = RocksDbStore.open(path, shared)) {
      assertThat(store.get(new byte[] {1})).isNull();
    }
  }

  @Test
  void aDirectoryInUseIsRefused() {
    Path path = directory.resolve("store");
    try (RocksDbStore first = RocksDbStore.open(path, shared)) {
      first.put(new byte[] {1}, new byte[] {2});
      assertThatThrownBy(() -> RocksDbStore.open(path, shared))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining(path.toString());
      assertThat(first.get(new byte[] {1})).containsExactly(2);
    }
  }
}
