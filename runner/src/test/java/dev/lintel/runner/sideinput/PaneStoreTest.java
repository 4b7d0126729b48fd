package dev.lintel.runner.sideinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator.GatherView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Panes on the heap and in files hold what was put into them, for all who read them. */
class PaneStoreTest {
  private static final int SEEDS = 8;
  private static final long NO_MEMORY = 1;
  private static final long MUCH_MEMORY = 1L << 40;

  @TempDir Path folder;
  private SpillDirectory directory = new SpillDirectory(new RunFolder(Path.of("unset")), "spill-");

  @BeforeEach
  void openDirectory() {
    directory = new SpillDirectory(new RunFolder(folder), "spill-");
  }

  @AfterEach
  void closeDirectory() {
    directory.close();
  }

  private PaneStore store(Coder<?> coder, boolean byKey, long memoryBytes) {
    return store(coder, byKey, memoryBytes, Long.MAX_VALUE);
  }

  private PaneStore store(Coder<?> coder, boolean byKey, long memoryBytes, long fileGrowthBytes) {
    Collection input = new Collection("in", "in", coder, WindowingStrategy.globalDefault(), true);
    Collection output =
        new Collection("out", "out", coder, WindowingStrategy.globalDefault(), true);
    return new PaneStore(
        new GatherView("Gather", input, output, byKey),
        new SpillSpace(new MemoryBudget(memoryBytes), directory),
        "",
        fileGrowthBytes);
  }

  private static String text(SplittableRandom random) {
    // Mostly short; now and then larger than a chunk, a look-up's limit, and a read buffer.
    int length = random.nextInt(200) == 0 ? random.nextInt(150_000) : random.nextInt(300);
    byte[] letters = new byte[length];
    for (int i = 0; i < length; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return new String(letters, StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(longs = {NO_MEMORY, MUCH_MEMORY})
  void listsAreReadInOrderAndByIndex(long memoryBytes) {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      PaneStore store = store(StringUtf8Coder.of(), false, memoryBytes);
      List<Object> expected = new ArrayList<>();
      for (int i = random.nextInt(3_000); i > 0; i--) {
        expected.add(text(random));
      }
      Pane.OfList pane = (Pane.OfList) store.paneOf(expected);
      assertThat(pane.get()).as("seed %d", seed).containsExactlyElementsOf(expected);
      List<Object> list = (List<Object>) pane.get();
      assertThat(list).as("seed %d", seed).hasSameSizeAs(expected);
      for (int i = 0; i < 200 && !expected.isEmpty(); i++) {
        int index = random.nextInt(expected.size());
        assertThat(list.get(index)).as("seed %d", seed).isEqualTo(expected.get(index));
      }
      assertThatThrownBy(() -> list.get(expected.size()))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> list.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(directory.openFiles() > 0).isEqualTo(memoryBytes == NO_MEMORY);
  }

  @ParameterizedTest
  @ValueSource(longs = {NO_MEMORY, MUCH_MEMORY})
  void multimapsAreLookedUpAndListTheirKeys(long memoryBytes) {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      PaneStore store =
          store(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()), true, memoryBytes);
      Map<Object, List<Object>> expected = new HashMap<>();
      PaneBuilder builder = store.begin();
      int keys = 1 + random.nextInt(300);
      for (int i = random.nextInt(3_000); i > 0; i--) {
        // One key has more than is read at once.
        String key = random.nextInt(4) == 0 ? "hot" : "key " + random.nextInt(keys);
        String value = text(random);
        builder.add(KV.of(key, value));
        expected.computeIfAbsent(key, absent -> new ArrayList<>()).add(value);
      }
      Pane.OfMultimap pane = (Pane.OfMultimap) builder.finish();
      String what = "seed " + seed;
      assertThat(pane.get()).as(what).containsExactlyInAnyOrderElementsOf(expected.keySet());
      expected.forEach(
          (key, values) -> {
            Iterable<Object> found = pane.get(key);
            assertThat(found).as(what).containsExactlyElementsOf(values);
            assertThat(found).as(what + ", again").containsExactlyElementsOf(values);
          });
      assertThat(pane.get("no key")).as(what).isEmpty();
    }
    assertThat(directory.openFiles() > 0).isEqualTo(memoryBytes == NO_MEMORY);
  }

  @ParameterizedTest
  @ValueSource(longs = {NO_MEMORY, MUCH_MEMORY})
  void arraysAreKeys(long memoryBytes) {
    PaneStore store = store(KvCoder.of(ByteArrayCoder.of(), VarIntCoder.of()), true, memoryBytes);
    PaneBuilder builder = store.begin();
    for (int i = 0; i < 2_000; i++) {
      builder.add(KV.of(new byte[] {(byte) (i >> 8), (byte) i}, i));
    }
    Pane.OfMultimap pane = (Pane.OfMultimap) builder.finish();
    assertThat(pane.get(new byte[] {1, 2})).containsExactly(258);
    assertThat(pane)
        .isInstanceOf(store.fileBytes() > 0 ? SpilledMultimapPane.class : HeapMultimapPane.class);
  }

  @Test
  void keysWithoutOneEncodingStayOnTheHeap() {
    // Two equal maps may be written in different orders: bytes would not find them.
    Coder<?> keyCoder = SerializableCoder.of(HashMap.class);
    PaneStore store = store(KvCoder.of(keyCoder, VarIntCoder.of()), true, NO_MEMORY);
    PaneBuilder builder = store.begin();
    for (int i = 0; i < 2_000; i++) {
      builder.add(KV.of(new HashMap<>(Map.of("a", i, "b", -i)), i));
    }
    assertThat(builder.finish()).isInstanceOf(HeapMultimapPane.class);
    assertThat(directory.openFiles()).isZero();
  }

  @Test
  void panesThatGrowTogetherStayApart() {
    SplittableRandom random = new SplittableRandom(7);
    PaneStore store = store(StringUtf8Coder.of(), false, 1 << 20);
    List<PaneBuilder> builders = new ArrayList<>();
    List<List<Object>> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      builders.add(store.begin());
      expected.add(new ArrayList<>());
    }
    for (int i = 0; i < 20_000; i++) {
      // The later ones get more: some are written, the others are not.
      int which = Math.max(random.nextInt(20), random.nextInt(20));
      String text = text(random);
      builders.get(which).add(text);
      expected.get(which).add(text);
    }
    int onHeap = 0;
    for (int i = 0; i < 20; i++) {
      Pane pane = builders.get(i).finish();
      onHeap += pane instanceof HeapListPane ? 1 : 0;
      assertThat(((Pane.OfList) pane).get()).containsExactlyElementsOf(expected.get(i));
    }
    assertThat(onHeap).isBetween(1, 19);
  }

  @Test
  void manyThreadsReadOnePane() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    PaneStore store = store(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()), true, NO_MEMORY);
    List<String> expected = new ArrayList<>();
    PaneBuilder builder = store.begin();
    for (int i = 0; i < 5_000; i++) {
      expected.add(text(random));
      builder.add(KV.of(i, expected.get(i)));
    }
    Pane.OfMultimap pane = (Pane.OfMultimap) builder.finish();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> results = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        SplittableRandom own = random.split();
        Callable<Integer> reads =
            () -> {
              int wrong = 0;
              for (int i = 0; i < 3_000; i++) {
                int key = own.nextInt(expected.size());
                wrong += List.of(expected.get(key)).equals(pane.get(key)) ? 0 : 1;
              }
              return wrong;
            };
        results.add(threads.submit(reads));
      }
      for (Future<Integer> each : results) {
        assertThat(each.get()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void iteratorsEndWithAnError() {
    PaneStore store = store(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()), true, NO_MEMORY);
    List<Object> elements =
        Collections.nCopies(2_000, KV.of(1, text(new SplittableRandom(1)) + "x".repeat(80)));
    Pane.OfMultimap pane = (Pane.OfMultimap) store.paneOf(elements);
    var values = pane.get(1).iterator();
    for (int i = 0; i < 2_000; i++) {
      values.next();
    }
    assertThat(values.hasNext()).isFalse();
    assertThatThrownBy(values::next).isInstanceOf(NoSuchElementException.class);
    var keys = pane.get().iterator();
    keys.next();
    assertThatThrownBy(keys::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void filesGoWhenNobodyHasTheirPane() {
    PaneStore store = store(StringUtf8Coder.of(), false, NO_MEMORY);
    List<Object> elements = Collections.nCopies(2_000, "x".repeat(100));
    for (int pane = 0; pane < 50; pane++) {
      assertThat(((Pane.OfList) store.paneOf(elements)).get()).hasSize(2_000);
    }
    Object kept = ((Pane.OfList) store.paneOf(elements)).get().iterator();
    for (int tries = 0; directory.openFiles() > 2 && tries < 100; tries++) {
      System.gc();
      store.begin().finish();
    }
    assertThat(directory.openFiles()).isBetween(1, 2);
    assertThat((java.util.Iterator<?>) kept).toIterable().hasSize(2_000);
  }

  @Test
  void filesThatGrewAreCollected() {
    PaneStore store = store(StringUtf8Coder.of(), false, NO_MEMORY, 1 << 20);
    List<Object> elements = Collections.nCopies(2_000, "x".repeat(100));
    List<Pane> kept = new ArrayList<>();
    for (int pane = 0; pane < 200; pane++) {
      Pane made = store.paneOf(elements);
      if (pane % 20 == 0) {
        kept.add(made);
      }
    }
    // 200 panes are 40 MB, of which 2 MB are in use.
    assertThat(store.fileBytes()).isBetween(2L << 20, 20L << 20);
    assertThat(kept)
        .hasSize(10)
        .allSatisfy(each -> assertThat(((Pane.OfList) each).get()).hasSize(2_000));
  }
}
