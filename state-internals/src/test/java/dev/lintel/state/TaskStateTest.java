package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.StateKit.Kind;
import dev.lintel.state.store.HeapStore;
import dev.lintel.state.store.StateStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TaskStateTest {
  private static final StateNamespace GLOBAL = StateNamespaces.global();
  private static final StateTag<BagState<String>> BAG = StateTags.bag("bag", StringUtf8Coder.of());
  private static final StateTag<ValueState<String>> VALUE =
      StateTags.value("value", StringUtf8Coder.of());
  private static final StateTag<MapState<byte[], Integer>> MAP =
      StateTags.map("map", ByteArrayCoder.of(), VarIntCoder.of());
  private static final StateTag<SetState<byte[]>> SET = StateTags.set("set", ByteArrayCoder.of());
  private static final StateTag<MultimapState<String, Integer>> MULTIMAP =
      StateTags.multimap("multimap", StringUtf8Coder.of(), VarIntCoder.of());
  private static final StateTag<OrderedListState<String>> LIST =
      StateTags.orderedList("list", StringUtf8Coder.of());
  private static final int MANY = 30_000;

  @TempDir Path directory;

  private static KeyedStateInternals state(TaskState task, String key) {
    KeyedStateInternals state = task.keyedState("transform", StateKit.NO_HOLDS);
    state.setCurrentKey(StateKit.key(key), key);
    return state;
  }

  /** Values far larger than the cache are written, read and survive what comes later. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void collectionsLargerThanTheCacheStreamAndStayAsTheyWereRead(Kind kind) {
    try (StateBackend backend = kind.backend(directory.resolve("s"), 20_000);
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = state(task, "key");
      BagState<String> bag = state.state(GLOBAL, BAG);
      MultimapState<String, Integer> multimap = state.state(GLOBAL, MULTIMAP);
      OrderedListState<String> list = state.state(GLOBAL, LIST);
      for (int i = 0; i < MANY; i++) {
        bag.add("element " + i);
        multimap.put("key " + i % 100, i);
        list.add(TimestampedValue.of("e" + i, Instant.ofEpochMilli(MANY - i)));
      }
      Iterable<String> elements = bag.read();
      Iterable<String> keys = multimap.keys().read();
      Iterable<TimestampedValue<String>> range =
          list.readRange(Instant.ofEpochMilli(10), Instant.ofEpochMilli(20_010));
      Iterator<String> abandoned = elements.iterator();
      assertThat(abandoned.next()).isEqualTo("element 0");
      bag.clear();
      bag.add("new");
      multimap.clear();
      list.clear();
      task.flush();
      assertThat(elements).hasSize(MANY).startsWith("element 0", "element 1");
      assertThat(keys).hasSize(100).doesNotHaveDuplicates();
      assertThat(range).hasSize(20_000);
      assertThat(range.iterator().next().getTimestamp()).isEqualTo(Instant.ofEpochMilli(10));
      assertThat(bag.read()).containsExactly("new");
      assertThat(multimap.isEmpty().read()).isTrue();
      assertThat(list.isEmpty().read()).isTrue();
    }
  }

  @Test
  void readingALargeValueAfterTheTaskHasEndedFailsWithAMessage() {
    try (StateBackend backend = Kind.ROCKSDB.backend(directory.resolve("s"), 0)) {
      Iterable<String> elements;
      try (TaskState task = StateKit.open(backend)) {
        BagState<String> bag = state(task, "key").state(GLOBAL, BAG);
        bag.add("a");
        elements = bag.read();
      }
      assertThatThrownBy(elements::iterator)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("after its task had ended");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void keysAreEqualIfTheirBytesAre(Kind kind) {
    for (long cacheBytes : new long[] {0, 100_000}) {
      try (StateBackend backend = kind.backend(directory.resolve("s"), cacheBytes);
          TaskState task = StateKit.open(backend)) {
        KeyedStateInternals state = state(task, "key");
        MapState<byte[], Integer> map = state.state(GLOBAL, MAP);
        map.put(new byte[] {1, 2}, 7);
        map.put(new byte[] {1, 2}, 8);
        map.put(new byte[] {1}, 9);
        assertThat(map.get(new byte[] {1, 2}).read()).isEqualTo(8);
        assertThat(map.keys().read()).hasSize(2);
        SetState<byte[]> set = state.state(GLOBAL, SET);
        set.add(new byte[] {1, 2});
        assertThat(set.addIfAbsent(new byte[] {1, 2}).read()).isFalse();
        set.remove(new byte[] {1, 2});
        assertThat(set.isEmpty().read()).isTrue();
      }
    }
  }

  /** As after a restore: the same store under a new task state. */
  @Test
  void stateSurvivesInItsStore() {
    HeapStore store = new HeapStore();
    int number;
    try (HeldOpen first = new HeldOpen(store)) {
      number = first.task.stateNumber("timers", "by time");
      KeyedStateInternals state = state(first.task, "key");
      state.state(GLOBAL, VALUE).write("value");
      state.state(GLOBAL, BAG).add("a");
      state.state(GLOBAL, LIST).add(TimestampedValue.of("l", new Instant(5)));
      first.task.flush();
    }
    try (HeldOpen second = new HeldOpen(store)) {
      assertThat(second.task.stateNumber("other", "state")).isNotEqualTo(number);
      assertThat(second.task.stateNumber("timers", "by time")).isEqualTo(number);
      KeyedStateInternals state = state(second.task, "key");
      // Another order of binding than before: the names decide.
      BagState<String> bag = state.state(GLOBAL, BAG);
      bag.add("b");
      second.task.flush();
      assertThat(bag.read()).containsExactly("a", "b");
      assertThat(state.state(GLOBAL, VALUE).read()).isEqualTo("value");
      assertThat(state.state(GLOBAL, LIST).read())
          .containsExactly(TimestampedValue.of("l", new Instant(5)));
      state.setCurrentKey(StateKit.key("another key"), null);
      assertThat(state.state(GLOBAL, VALUE).read()).isNull();
    }
  }

  /** A task state that is dropped without closing its store. */
  private record HeldOpen(TaskState task) implements AutoCloseable {
    HeldOpen(HeapStore store) {
      this(StateKit.on(store, CellCache.UNLIMITED));
    }

    @Override
    public void close() {}
  }

  @Test
  void aKeyOfAnotherTaskIsRefused() {
    try (StateBackend backend = new HeapStateBackend();
        TaskState task = backend.open("stage/0", new KeyGroupRange(0, 0), 128)) {
      KeyedStateInternals state = task.keyedState("transform", StateKit.NO_HOLDS);
      assertThatThrownBy(() -> state.setCurrentKey(StateKit.key("a"), "a"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("transform 'transform'");
      assertThatThrownBy(() -> state.state(GLOBAL, VALUE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Expected a current key");
    }
  }

  @Test
  void anOperatorsStateIsOpenedOnce() {
    try (StateBackend backend = new HeapStateBackend();
        TaskState task = StateKit.open(backend)) {
      state(task, "key");
      assertThatThrownBy(() -> state(task, "key"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'transform' is opened twice");
    }
  }

  @Test
  void aStateOfTwoKindsIsRefused() {
    try (StateBackend backend = new HeapStateBackend();
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = state(task, "key");
      state.state(GLOBAL, VALUE);
      StateNamespace other =
          StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);
      assertThatThrownBy(() -> state.state(other, StateTags.bag("value", StringUtf8Coder.of())))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("state 'value' (VALUE) of transform 'transform'")
          .hasMessageContaining("bound as BAG");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFailingCoderIsNamed(Kind kind) {
    try (StateBackend backend = kind.backend(directory.resolve("s"), 1 << 20);
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = state(task, "key");
      BagState<String> bag = state.state(GLOBAL, StateTags.bag("bag", new NoSevenCoder()));
      assertThatThrownBy(
              () -> {
                bag.add("seven");
                task.flush();
              })
          .isInstanceOf(StateCoderException.class)
          .hasMessageContaining("state 'bag' (BAG) of transform 'transform'")
          .hasRootCauseMessage("no seven");
    }
  }

  private static final class NoSevenCoder extends CustomCoder<String> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(String value, OutputStream out) throws IOException {
      if (value.equals("seven")) {
        throw new CoderException("no seven");
      }
      StringUtf8Coder.of().encode(value, out);
    }

    @Override
    public String decode(InputStream in) throws IOException {
      return StringUtf8Coder.of().decode(in);
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    Path below = file.resolve("state");
    assertThatThrownBy(() -> new RocksDbStateBackend(below, 64 << 20, System::nanoTime))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining(below.toString());
    Path vanishing = directory.resolve("vanishing");
    try (StateBackend backend = new RocksDbStateBackend(vanishing, 64 << 20, System::nanoTime)) {
      Files.delete(vanishing);
      Files.writeString(vanishing, "in the way");
      assertThatThrownBy(() -> StateKit.open(backend))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining(vanishing.toString());
    }
  }

  @Test
  void tasksOfOneBackendAreApartAndLeaveNothingBehind() {
    Path path = directory.resolve("state");
    List<String> names = List.of("stage/0", "stage_0", "stage/1", "ä".repeat(300));
    try (StateBackend backend = new RocksDbStateBackend(path, 64 << 20, System::nanoTime)) {
      List<TaskState> tasks =
          names.stream().map(name -> backend.open(name, StateKit.ALL_GROUPS, 128)).toList();
      List<KeyedStateInternals> states = tasks.stream().map(task -> state(task, "key")).toList();
      for (int i = 0; i < names.size(); i++) {
        states.get(i).state(GLOBAL, VALUE).write(names.get(i));
        tasks.get(i).flush();
      }
      for (int i = 0; i < names.size(); i++) {
        assertThat(states.get(i).state(GLOBAL, VALUE).read()).isEqualTo(names.get(i));
      }
      tasks.forEach(TaskState::close);
      tasks.forEach(TaskState::close);
    }
    assertThat(path).doesNotExist();
  }
}
