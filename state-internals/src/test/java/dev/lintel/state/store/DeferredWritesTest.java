package dev.lintel.state.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written for a snapshot is in it and in the store, whoever comes to write it. */
class DeferredWritesTest {
  private static final byte[] START = {0};
  private static final byte[] END = {100};
  private static final int LARGE_BYTES = 3 << 20;

  @TempDir Path directory;

  private RocksDbShared shared;
  private RocksDbStore store;

  @BeforeEach
  void open() {
    shared = new RocksDbShared(8 << 20, System::nanoTime);
    store = RocksDbStore.open(directory.resolve("store"), shared);
    put(1);
  }

  @AfterEach
  void close() {
    store.close();
    shared.close();
  }

  private void put(int... keys) {
    Batch batch = store.batch();
    for (int key : keys) {
      batch.put(new ByteWriter().bytes(new byte[] {(byte) key}), new ByteWriter().bytes(START));
    }
    batch.commit();
  }

  private static List<Integer> keys(BiFunction<byte[], byte[], Cursor> scan) {
    List<Integer> keys = new ArrayList<>();
    try (Cursor cursor = scan.apply(START, END)) {
      while (cursor.next()) {
        keys.add((int) cursor.key()[0]);
      }
    }
    return keys;
  }

  private static List<Integer> keys(RocksDbLinks links) {
    try (StoreView view = links.view()) {
      return keys(view::scan);
    }
  }

  @Test
  void aSnapshotHasThemAndNothingLater() {
    store.deferWrites();
    put(2, 3);
    try (RocksDbLinks links = store.link(() -> {})) {
      put(4);
      assertThat(keys(links)).containsExactly(1, 2, 3);
    }
    assertThat(keys(store::scan)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whoReadsFindsThem() {
    store.deferWrites();
    put(2);
    assertThat(store.get(new byte[] {2})).isEqualTo(START);
    put(3);
    try (RocksDbLinks links = store.link(() -> {})) {
      assertThat(keys(store::scan)).containsExactly(1, 2, 3);
      assertThat(keys(links)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aSnapshotThatNobodyWantsTakesNothingWithIt() {
    store.deferWrites();
    put(2);
    store.link(() -> {}).close();
    put(3);
    assertThat(keys(store::scan)).containsExactly(1, 2, 3);
  }

  @Test
  void anotherSnapshotFollowsAtOnce() {
    store.deferWrites();
    put(2);
    try (RocksDbLinks first = store.link(() -> {})) {
      store.deferWrites();
      put(3);
      try (RocksDbLinks second = store.link(() -> {})) {
        assertThat(keys(second)).containsExactly(1, 2, 3);
      }
      assertThat(keys(first)).containsExactly(1, 2);
    }
  }

  /** In the order in which they came: what memory has no room for is written at once. */
  @Test
  void moreThanMemoryShouldHoldIsWrittenAtOnce() {
    byte[] key = {2};
    store.deferWrites();
    for (int i = 0; i < 3; i++) {
      Batch batch = store.batch();
      byte[] value = new byte[LARGE_BYTES];
      value[0] = (byte) i;
      batch.put(new ByteWriter().bytes(key), new ByteWriter().bytes(value));
      batch.commit();
    }
    try (RocksDbLinks links = store.link(() -> {})) {
      assertThat(keys(links)).containsExactly(1, 2);
    }
    assertThat(store.get(key)).startsWith(2).hasSize(LARGE_BYTES);
  }

  @Test
  void theStoreIsClosedWhileTheSnapshotIsStillToBeMade() {
    store.deferWrites();
    put(2);
    try (RocksDbLinks links = store.link(() -> {})) {
      store.close();
      assertThat(keys(links)).containsExactly(1, 2);
    }
  }

  @Test
  void aFailureIsForEverybody() {
    StateStoreException full = new StateStoreException("No room", null);
    DeferredWrites writes =
        new DeferredWrites(
            write -> {
              throw full;
            });
    assertThat(writes.add(new DeferredWrites.Write(START, 1))).isTrue();
    writes.seal();
    assertThat(writes.add(new DeferredWrites.Write(START, 1))).isFalse();
    assertThatThrownBy(writes::make).isSameAs(full);
    assertThatThrownBy(writes::make).isSameAs(full);
  }
}
