package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.StateKit.Kind;
import dev.lintel.state.StateKit.Stored;
import dev.lintel.state.image.StateRestoreException;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** State under new names, with new coders, and without what nothing takes. */
class StateSelectionTest {
  private static final StateNamespace NAMESPACE = StateNamespaces.global();
  private static final int MANY = 20_000;

  /** Numbers were text, and are numbers now. */
  private static final ValueMigration TO_NUMBERS =
      (in, out) -> VarIntCoder.of().encode(Integer.parseInt(StringUtf8Coder.of().decode(in)), out);

  @TempDir Path directory;
  private int restores;

  static Stream<Arguments> ways() {
    List<Arguments> ways = new ArrayList<>();
    for (Kind from : Kind.values()) {
      for (Kind to : Kind.values()) {
        ways.add(Arguments.of(from, to, true));
        ways.add(Arguments.of(from, to, false));
      }
    }
    return ways.stream();
  }

  private static <T> StateTag<ValueState<T>> value(Coder<T> coder) {
    return StateTags.value("value", coder);
  }

  private static <T> StateTag<BagState<T>> bag(Coder<T> coder) {
    return StateTags.bag("bag", coder);
  }

  private static <T> StateTag<SetState<T>> set(Coder<T> coder) {
    return StateTags.set("set", coder);
  }

  private static <T> StateTag<MapState<String, T>> map(Coder<T> coder) {
    return StateTags.map("map", StringUtf8Coder.of(), coder);
  }

  private static <T> StateTag<MultimapState<String, T>> multimap(Coder<T> coder) {
    return StateTags.multimap("multimap", StringUtf8Coder.of(), coder);
  }

  private static <T> StateTag<OrderedListState<T>> list(Coder<T> coder) {
    return StateTags.orderedList("list", coder);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void valuesOfEveryKindAreBroughtToTheNewCoder(Kind from, Kind to, boolean portable) {
    Stored stored =
        stored(
            from,
            portable,
            state -> {
              StringUtf8Coder text = StringUtf8Coder.of();
              state.state(NAMESPACE, value(text)).write("7");
              state.state(NAMESPACE, set(text)).add("1");
              state.state(NAMESPACE, set(text)).add("22");
              state.state(NAMESPACE, map(text)).put("a", "-3");
              state.state(NAMESPACE, multimap(text)).put("a", "4");
              state.state(NAMESPACE, multimap(text)).put("a", "5");
              state.state(NAMESPACE, list(text)).add(TimestampedValue.of("9", new Instant(-1)));
              IntStream.range(0, MANY)
                  .forEach(i -> state.state(NAMESPACE, bag(text)).add(Integer.toString(i)));
            });
    VarIntCoder numbers = VarIntCoder.of();
    try (StateBackend backend = to.backend(directory.resolve("after"), CellCache.UNLIMITED);
        TaskState task =
            restore(
                backend,
                stored,
                new StateSelection(
                    Map.of("old", "old"),
                    Set.of(),
                    Stream.of("value", "bag", "set", "map", "multimap", "list")
                        .collect(Collectors.toMap(id -> user("old", id), any -> TO_NUMBERS))))) {
      KeyedStateInternals state = task.keyedState("old", StateKit.NO_HOLDS);
      state.setCurrentKey(StateKit.key("k"), "k");
      assertThat(state.state(NAMESPACE, value(numbers)).read()).isEqualTo(7);
      assertThat(state.state(NAMESPACE, set(numbers)).read()).containsExactlyInAnyOrder(1, 22);
      assertThat(state.state(NAMESPACE, set(numbers)).contains(22).read()).isTrue();
      assertThat(state.state(NAMESPACE, map(numbers)).get("a").read()).isEqualTo(-3);
      assertThat(state.state(NAMESPACE, multimap(numbers)).get("a").read()).containsExactly(4, 5);
      assertThat(state.state(NAMESPACE, list(numbers)).read())
          .containsExactly(TimestampedValue.of(9, new Instant(-1)));
      assertThat(state.state(NAMESPACE, bag(numbers)).read())
          .containsExactlyElementsOf(IntStream.range(0, MANY).boxed().toList());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void accumulatorsAreBroughtToTheNewCoder(Kind from, Kind to, boolean portable) {
    StateTag<CombiningState<Integer, int[], Integer>> sum =
        StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers());
    Stored stored =
        stored(
            from,
            portable,
            state -> {
              state.state(NAMESPACE, sum).add(3);
              state.state(NAMESPACE, sum).add(4);
            });
    Coder<int[]> coder = accumulatorCoder();
    ValueMigration doubled =
        (in, out) -> {
          int[] read = coder.decode(in);
          read[0] *= 2;
          coder.encode(read, out);
        };
    try (StateBackend backend = to.backend(directory.resolve("after"), CellCache.UNLIMITED);
        TaskState task =
            restore(
                backend,
                stored,
                new StateSelection(
                    Map.of("old", "old"), Set.of(), Map.of(user("old", "sum"), doubled)))) {
      KeyedStateInternals state = task.keyedState("old", StateKit.NO_HOLDS);
      state.setCurrentKey(StateKit.key("k"), "k");
      assertThat(state.state(NAMESPACE, sum).read()).isEqualTo(14);
    }
  }

  private static Coder<int[]> accumulatorCoder() {
    return Sum.ofIntegers().getAccumulatorCoder(CoderRegistry.createDefault(), VarIntCoder.of());
  }

  /** Two elements become each other: neither may delete the other one. */
  @ParameterizedTest
  @MethodSource("ways")
  void elementsOfASetMayTakeEachOthersPlaces(Kind from, Kind to, boolean portable) {
    StringUtf8Coder text = StringUtf8Coder.of();
    Stored stored =
        stored(
            from,
            portable,
            state -> {
              state.state(NAMESPACE, set(text)).add("ab");
              state.state(NAMESPACE, set(text)).add("ba");
              state.state(NAMESPACE, set(text)).add("cd");
            });
    ValueMigration reversed =
        (in, out) -> text.encode(new StringBuilder(text.decode(in)).reverse().toString(), out);
    try (StateBackend backend = to.backend(directory.resolve("after"), CellCache.UNLIMITED);
        TaskState task =
            restore(
                backend,
                stored,
                new StateSelection(
                    Map.of("old", "old"), Set.of(), Map.of(user("old", "set"), reversed)))) {
      KeyedStateInternals state = task.keyedState("old", StateKit.NO_HOLDS);
      state.setCurrentKey(StateKit.key("k"), "k");
      assertThat(state.state(NAMESPACE, set(text)).read())
          .containsExactlyInAnyOrder("ab", "ba", "dc");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aTransformMayHaveAnotherNameAndLoseAState(Kind from, Kind to, boolean portable) {
    StringUtf8Coder text = StringUtf8Coder.of();
    Stored stored =
        stored(
            from,
            portable,
            state -> {
              state.state(NAMESPACE, value(text)).write("kept");
              state.state(NAMESPACE, set(text)).add("left");
            });
    StateSelection selection =
        new StateSelection(Map.of("old", "new"), Set.of(user("old", "set")), Map.of());
    try (StateBackend backend = to.backend(directory.resolve("after"), CellCache.UNLIMITED)) {
      Stored again;
      try (TaskState task = restore(backend, stored, selection)) {
        KeyedStateInternals state = task.keyedState("new", StateKit.NO_HOLDS);
        state.setCurrentKey(StateKit.key("k"), "k");
        assertThat(state.state(NAMESPACE, value(text)).read()).isEqualTo("kept");
        assertThat(state.state(NAMESPACE, set(text)).read()).isEmpty();
        KeyedStateInternals old = task.keyedState("old", StateKit.NO_HOLDS);
        old.setCurrentKey(StateKit.key("k"), "k");
        assertThat(old.state(NAMESPACE, value(text)).read()).isNull();
        again = Stored.of(portable ? task.portableSnapshot() : task.snapshot(), task.keyGroups());
      }
      try (TaskState task = restore(backend, again, StateSelection.of(Set.of("new")))) {
        KeyedStateInternals state = task.keyedState("new", StateKit.NO_HOLDS);
        state.setCurrentKey(StateKit.key("k"), "k");
        assertThat(state.state(NAMESPACE, value(text)).read()).isEqualTo("kept");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aValueThatCanNotBeMigratedIsNamed(Kind from, Kind to, boolean portable) {
    Stored stored =
        stored(
            from,
            portable,
            state -> state.state(NAMESPACE, value(StringUtf8Coder.of())).write("no number"));
    StateSelection selection =
        new StateSelection(
            Map.of("old", "new"), Set.of(), Map.of(user("old", "value"), TO_NUMBERS));
    try (StateBackend backend = to.backend(directory.resolve("after"), CellCache.UNLIMITED)) {
      assertThatThrownBy(() -> restore(backend, stored, selection))
          .isInstanceOf(StateRestoreException.class)
          .hasMessageContaining("'uvalue' of transform 'new'")
          .hasMessageContaining("no number");
    }
  }

  private static DictionaryName user(String transform, String id) {
    return new DictionaryName(transform, StateSelection.userState(id));
  }

  private interface Filling {
    void fill(KeyedStateInternals state);
  }

  private Stored stored(Kind kind, boolean portable, Filling filling) {
    try (StateBackend backend = kind.backend(directory.resolve("before"), CellCache.UNLIMITED);
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = task.keyedState("old", StateKit.NO_HOLDS);
      state.setCurrentKey(StateKit.key("k"), "k");
      filling.fill(state);
      return Stored.of(portable ? task.portableSnapshot() : task.snapshot(), task.keyGroups());
    }
  }

  private TaskState restore(StateBackend backend, Stored stored, StateSelection selection) {
    return backend.restore(
        "task/" + restores++,
        StateKit.ALL_GROUPS,
        StateKit.MAX_PARALLELISM,
        List.of(stored.fetch(directory.resolve("fetched"))),
        selection);
  }
}
