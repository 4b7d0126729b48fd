package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.StateKit.Kind;
import dev.lintel.state.StateKit.Stored;
import dev.lintel.state.WindowIndex.Due;
import dev.lintel.state.image.EntriesWriter;
import dev.lintel.state.snapshot.SnapshotFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A file of entries of each format version that there has been is kept, and must stay restorable on
 * every backend: with state of all kinds, as {@link #fill} made it, and an index of windows. Never
 * change {@code fill} for a version whose file is kept.
 */
class StoredFormatTest {
  private static final String VERSION_1 = "state-format-1.entries";
  private static final int KEYS = 12;
  private static final int BAG_ELEMENTS = 40;
  private static final IntervalWindow WINDOW = new IntervalWindow(new Instant(0), new Instant(9));
  private static final StringUtf8Coder TEXT = StringUtf8Coder.of();
  private static final StateTag<ValueState<String>> VALUE = StateTags.value("value", TEXT);
  private static final StateTag<BagState<String>> BAG = StateTags.bag("bag", TEXT);
  private static final StateTag<SetState<String>> SET = StateTags.set("set", TEXT);
  private static final StateTag<MapState<String, Integer>> MAP =
      StateTags.map("map", TEXT, VarIntCoder.of());
  private static final StateTag<MultimapState<String, Integer>> MULTIMAP =
      StateTags.multimap("multimap", TEXT, VarIntCoder.of());
  private static final StateTag<OrderedListState<String>> LIST =
      StateTags.orderedList("list", TEXT);
  private static final StateTag<CombiningState<Integer, int[], Integer>> SUM =
      StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers());
  private static final StateTag<WatermarkHoldState> HOLD =
      StateTags.makeSystemTagInternal(
          StateTags.watermarkStateInternal("hold", TimestampCombiner.EARLIEST));

  @TempDir Path directory;

  /** Writes the file of the present version to the path that is given. */
  public static void main(String[] args) throws IOException {
    try (StateBackend backend = new HeapStateBackend();
        TaskState task = StateKit.open(backend)) {
      fill(task);
      Stored stored = Stored.of(task.portableSnapshot(), task.keyGroups());
      Files.write(Path.of(args[0]), stored.files().get(EntriesWriter.fileName()));
    }
  }

  /** The states of one key in one namespace. */
  private record Cells(KeyedStateInternals state, StateNamespace namespace) {
    <T extends State> T at(StateTag<T> tag) {
      return state.state(namespace, tag);
    }
  }

  /** What is done with the cells of one key and namespace. */
  private interface CellAction {
    void run(Cells cells, int key);
  }

  private static void forEachCells(KeyedStateInternals state, CellAction action) {
    List<StateNamespace> namespaces =
        List.of(
            StateNamespaces.global(),
            StateNamespaces.window(IntervalWindow.getCoder(), WINDOW),
            StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), WINDOW, 3));
    for (int key = 0; key < KEYS; key++) {
      for (StateNamespace namespace : namespaces) {
        state.setCurrentKey(StateKit.key("key " + key), key);
        action.run(new Cells(state, namespace), key);
      }
    }
  }

  private static void fill(TaskState task) {
    KeyedStateInternals state = task.keyedState("transform", StateKit.NO_HOLDS);
    forEachCells(state, StoredFormatTest::fill);
    task.flush();
    // A second chunk in each list.
    forEachCells(state, (cells, key) -> cells.at(BAG).add("last"));
    WindowIndex index = new WindowIndex(task, "window", IntervalWindow.getCoder());
    for (int key = 0; key < KEYS; key++) {
      index.add(8, WINDOW, StateKit.key("key " + key));
    }
  }

  private static void fill(Cells cells, int key) {
    cells.at(VALUE).write("value of " + key);
    for (int i = 0; i < BAG_ELEMENTS; i++) {
      cells.at(BAG).add("element " + i);
    }
    cells.at(SET).add("member " + key);
    cells.at(MAP).put("one", key);
    cells.at(MAP).put("two", -key);
    cells.at(MULTIMAP).put("one", 1);
    cells.at(MULTIMAP).put("one", 2);
    cells.at(MULTIMAP).put("two", key);
    cells.at(LIST).add(TimestampedValue.of("later", new Instant(key + 1)));
    cells.at(LIST).add(TimestampedValue.of("earlier", new Instant(-key)));
    cells.at(SUM).add(key);
    cells.at(SUM).add(1000);
    cells.at(HOLD).add(new Instant(key));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void version1StaysRestorable(Kind kind) throws IOException {
    Stored stored =
        new Stored(
            SnapshotFormat.ENTRIES,
            StateKit.ALL_GROUPS,
            Map.of(EntriesWriter.fileName(), kept(VERSION_1)));
    try (StateBackend backend = kind.backend(directory.resolve("state"), 10_000);
        TaskState task =
            backend.restore(
                "stage/0",
                StateKit.ALL_GROUPS,
                StateKit.MAX_PARALLELISM,
                List.of(stored.fetch(directory.resolve("fetched"))),
                StateSelection.of(Set.of("transform", "window")))) {
      List<Long> holds = new ArrayList<>();
      forEachCells(task.keyedState("transform", heard(holds)), StoredFormatTest::check);
      assertThat(holds).hasSize(3 * KEYS).contains(0L, KEYS - 1L);
      WindowIndex index = new WindowIndex(task, "window", IntervalWindow.getCoder());
      List<EncodedKey> due = new ArrayList<>();
      for (Due next = index.pollBefore(9); next != null; next = index.pollBefore(9)) {
        assertThat(next.window()).isEqualTo(WINDOW);
        due.add(next.key());
      }
      assertThat(due).hasSize(KEYS).contains(StateKit.key("key 7"));
    }
  }

  private static HoldListener heard(List<Long> holds) {
    return new HoldListener() {
      @Override
      public void holdAdded(long timestampMillis) {
        holds.add(timestampMillis);
      }

      @Override
      public void holdRemoved(long timestampMillis) {
        holds.remove(timestampMillis);
      }
    };
  }

  private static void check(Cells cells, int key) {
    assertThat(cells.at(VALUE).read()).isEqualTo("value of " + key);
    assertThat(cells.at(BAG).read())
        .hasSize(BAG_ELEMENTS + 1)
        .startsWith("element 0", "element 1")
        .endsWith("last");
    assertThat(cells.at(SET).read()).containsExactly("member " + key);
    assertThat(cells.at(MAP).entries().read())
        .containsExactlyInAnyOrder(Map.entry("one", key), Map.entry("two", -key));
    assertThat(cells.at(MULTIMAP).get("one").read()).containsExactly(1, 2);
    assertThat(cells.at(MULTIMAP).get("two").read()).containsExactly(key);
    assertThat(cells.at(LIST).read())
        .containsExactly(
            TimestampedValue.of("earlier", new Instant(-key)),
            TimestampedValue.of("later", new Instant(key + 1)));
    assertThat(cells.at(SUM).read()).isEqualTo(1000 + key);
    assertThat(cells.at(HOLD).read()).isEqualTo(new Instant(key));
  }

  private static byte[] kept(String name) throws IOException {
    try (InputStream in = StoredFormatTest.class.getResourceAsStream("/" + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }
}
