package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.StateKit.Kind;
import dev.lintel.state.StateKit.Stored;
import dev.lintel.state.image.EntriesWriter;
import dev.lintel.state.image.StateRestoreException;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotTest {
  private static final StateTag<ValueState<String>> VALUE =
      StateTags.value("value", StringUtf8Coder.of());
  private static final StateTag<BagState<String>> BAG =
      StateTags.bag("value", StringUtf8Coder.of());
  private static final StateSelection BOTH = StateSelection.of(Set.of("first", "second"));
  private static final int KEYS = 2000;

  @TempDir Path directory;

  private StateBackend backend(Kind kind) {
    return kind.backend(directory.resolve("state"), 100_000);
  }

  private TaskState restore(StateBackend backend, Stored stored, StateSelection transforms) {
    return backend.restore(
        "stage/0",
        StateKit.ALL_GROUPS,
        StateKit.MAX_PARALLELISM,
        List.of(stored.fetch(directory.resolve("fetched"))),
        transforms);
  }

  private static KeyedStateInternals fill(TaskState task, String transform, int from, int end) {
    KeyedStateInternals state = task.keyedState(transform, StateKit.NO_HOLDS);
    write(state, from, end, transform);
    return state;
  }

  private static void write(KeyedStateInternals state, int from, int end, String text) {
    for (int key = from; key < end; key++) {
      state.setCurrentKey(StateKit.key("key " + key), null);
      state.state(StateNamespaces.global(), VALUE).write(text + " " + key);
    }
  }

  private static void check(TaskState task, String transform) {
    KeyedStateInternals state = task.keyedState(transform, StateKit.NO_HOLDS);
    for (int key = 0; key < KEYS; key++) {
      state.setCurrentKey(StateKit.key("key " + key), null);
      assertThat(state.state(StateNamespaces.global(), VALUE).read())
          .isEqualTo(transform + " " + key);
    }
  }

  private static Set<String> contentIds(StateSnapshot snapshot) {
    Set<String> ids = new TreeSet<>();
    for (SnapshotFile file : snapshot.files()) {
      if (file.contentId() != null) {
        ids.add(file.contentId());
      }
    }
    return ids;
  }

  @Test
  void onlyNewTablesHaveNewContentIdsAlsoAfterARestore() {
    try (StateBackend backend = backend(Kind.ROCKSDB)) {
      TaskState task = StateKit.open(backend);
      KeyedStateInternals state = fill(task, "first", 0, KEYS);
      StateSnapshot first = task.snapshot();
      Set<String> ids = contentIds(first);
      assertThat(ids).isNotEmpty();
      first.close();

      write(state, 0, 10, "first");
      Stored stored;
      try (StateSnapshot second = task.snapshot()) {
        assertThat(contentIds(second)).containsAll(ids).hasSize(ids.size() + 1);
        ids = contentIds(second);
        stored = Stored.of(second, task.keyGroups());
      }
      task.close();

      try (TaskState restored = restore(backend, stored, StateSelection.of(Set.of("first")))) {
        try (StateSnapshot unchanged = restored.snapshot()) {
          assertThat(contentIds(unchanged)).isEqualTo(ids);
        }
        check(restored, "first");
        fill(restored, "second", 0, 10);
        try (StateSnapshot changed = restored.snapshot()) {
          assertThat(contentIds(changed)).containsAll(ids).hasSize(ids.size() + 1);
        }
      }
    }
  }

  @Test
  void partsOfAStateThatWasSplitShareTheTablesTheyHaveNotChanged() {
    try (StateBackend backend = backend(Kind.ROCKSDB)) {
      TaskState task = StateKit.open(backend);
      fill(task, "first", 0, KEYS);
      StateSnapshot whole = task.snapshot();
      Set<String> ids = contentIds(whole);
      Stored stored = Stored.of(whole, task.keyGroups());
      task.close();
      Set<String> partIds = new TreeSet<>();
      for (int slot = 0; slot < 2; slot++) {
        KeyGroupRange range = KeyGroups.rangeOf(slot, StateKit.MAX_PARALLELISM, 2);
        List<StoredSnapshot> from = List.of(stored.fetch(directory.resolve("fetched")));
        try (TaskState part =
                backend.restore("part/" + slot, range, StateKit.MAX_PARALLELISM, from, BOTH);
            StateSnapshot snapshot = part.snapshot()) {
          partIds.addAll(contentIds(snapshot));
        }
      }
      assertThat(partIds).containsAll(ids).hasSize(ids.size() + 2);
    }
  }

  @Test
  void linksGoWithTheSnapshotAndTheDirectoryWithTheLast() {
    StateBackend backend = backend(Kind.ROCKSDB);
    TaskState task = StateKit.open(backend);
    fill(task, "first", 0, 10);
    StateSnapshot snapshot = task.snapshot();
    StateSnapshot portable = task.portableSnapshot();
    task.close();
    backend.close();
    assertThat(directory.resolve("state")).isNotEmptyDirectory();
    assertThat(Stored.of(portable, StateKit.ALL_GROUPS).files()).hasSize(1);
    snapshot.close();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void tablesMayBeLinkedAndNothingElse() throws IOException {
    try (StateBackend backend = backend(Kind.ROCKSDB);
        TaskState task = StateKit.open(backend)) {
      fill(task, "first", 0, KEYS);
      try (StateSnapshot snapshot = task.snapshot()) {
        Path link = directory.resolve("link");
        for (SnapshotFile file : snapshot.files()) {
          Path local = file.localFile();
          assertThat(local != null).as(file.name()).isEqualTo(file.contentId() != null);
          if (local != null) {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            file.writeTo(written);
            assertThat(Files.createLink(link, local)).hasBinaryContent(written.toByteArray());
          }
        }
        assertThat(link).exists();
      }
    }
  }

  /** Files are made when they are asked for, or before the next change. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatComesAfterASnapshotIsNotInIt(Kind kind) {
    Stored stored;
    Stored portable;
    try (StateBackend backend = backend(kind);
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = fill(task, "first", 0, KEYS);
      StateSnapshot snapshot = task.snapshot();
      StateSnapshot another = task.portableSnapshot();
      write(state, 0, KEYS, "later");
      task.flush();
      stored = Stored.of(snapshot, task.keyGroups());
      portable = Stored.of(another, task.keyGroups());
    }
    for (Stored each : List.of(stored, portable)) {
      try (StateBackend backend = backend(kind);
          TaskState task = restore(backend, each, BOTH)) {
        check(task, "first");
      }
    }
  }

  @Test
  void itsFilesAreReadWhileTheTaskGoesOn() throws Exception {
    ExecutorService storing = Executors.newSingleThreadExecutor();
    try (StateBackend backend = backend(Kind.ROCKSDB);
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = fill(task, "first", 0, KEYS);
      for (int round = 0; round < 20; round++) {
        write(state, 0, KEYS, "first");
        StateSnapshot snapshot = task.snapshot();
        Future<Stored> stored = storing.submit(() -> Stored.of(snapshot, task.keyGroups()));
        for (int other = 0; other < round; other++) {
          write(state, 0, 100 * other, "later " + other);
          task.flush();
        }
        assertThat(task.takeWaitNanos()).isNotNegative();
        try (StateBackend another = Kind.ROCKSDB.backend(directory.resolve("another"), 100_000);
            TaskState restored = restore(another, stored.get(), BOTH)) {
          check(restored, "first");
        }
      }
    } finally {
      storing.shutdownNow();
    }
  }

  @Test
  void nobodyWaitsForASnapshotThatIsNotWanted() {
    try (StateBackend backend = backend(Kind.ROCKSDB);
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = fill(task, "first", 0, KEYS);
      StateSnapshot snapshot = task.snapshot();
      snapshot.close();
      snapshot.close();
      write(state, 0, KEYS, "later");
      task.flush();
      assertThatThrownBy(snapshot::files).hasMessageContaining("closed");
      assertThat(directory.resolve("state")).isDirectoryNotContaining("glob:**snapshot**");
    }
  }

  /** In the file of entries and in the files of a database that is cut or copied. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsNotWantedIsLeftBehind(Kind to) {
    for (boolean portable : List.of(true, false)) {
      Stored stored;
      try (StateBackend backend = backend(Kind.ROCKSDB);
          TaskState task = StateKit.open(backend)) {
        fill(task, "first", 0, KEYS);
        fill(task, "second", 0, KEYS);
        stored = Stored.of(portable ? task.portableSnapshot() : task.snapshot(), task.keyGroups());
      }
      try (StateBackend backend = backend(to);
          TaskState task = restore(backend, stored, StateSelection.of(Set.of("second")))) {
        check(task, "second");
        KeyedStateInternals state = task.keyedState("first", StateKit.NO_HOLDS);
        state.setCurrentKey(StateKit.key("key 1"), null);
        // Not even the kind is remembered.
        assertThat(state.state(StateNamespaces.global(), BAG).read()).isEmpty();
        Stored again = Stored.of(task.portableSnapshot(), task.keyGroups());
        assertThat(again.files().get(EntriesWriter.fileName()))
            .isNotEmpty()
            .satisfies(
                bytes ->
                    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .doesNotContain("first 77"));
      }
    }
  }

  @Test
  void aStateThatComesBackAsAnotherKindIsRefused() {
    try (StateBackend backend = backend(Kind.HEAP)) {
      TaskState task = StateKit.open(backend);
      fill(task, "first", 0, 1);
      TaskState restored =
          restore(
              backend,
              Stored.of(task.snapshot(), task.keyGroups()),
              StateSelection.of(Set.of("first")));
      KeyedStateInternals state = restored.keyedState("first", StateKit.NO_HOLDS);
      state.setCurrentKey(StateKit.key("key 0"), null);
      assertThatThrownBy(() -> state.state(StateNamespaces.global(), BAG))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("VALUE")
          .hasMessageContaining("BAG");
    }
  }

  // ---- what is refused ----

  private Stored entries() {
    try (StateBackend backend = backend(Kind.HEAP);
        TaskState task = StateKit.open(backend)) {
      fill(task, "first", 0, 50);
      WindowIndex index =
          new WindowIndex(
              task, "first", WindowIndex.BY_WINDOW, IntervalWindow.getCoder(), Integer.MAX_VALUE);
      BoundedWindow window = new IntervalWindow(new Instant(0), new Instant(1));
      index.add(5, window, StateKit.key("key"));
      return Stored.of(task.snapshot(), task.keyGroups());
    }
  }

  @Test
  void anyFlippedBitIsFound() {
    Stored good = entries();
    byte[] bytes = good.files().get(EntriesWriter.fileName());
    assertThat(bytes.length).isGreaterThan(1000);
    try (StateBackend backend = backend(Kind.HEAP)) {
      for (int place = 0; place < bytes.length; place++) {
        byte[] damaged = bytes.clone();
        damaged[place] ^= (byte) (1 << place % 8);
        assertRefused(backend, damaged, "byte " + place);
      }
      for (int length = 0; length < bytes.length; length += 97) {
        assertRefused(backend, Arrays.copyOf(bytes, length), "length " + length);
      }
    }
  }

  private void assertRefused(StateBackend backend, byte[] bytes, String what) {
    Stored damaged =
        new Stored(
            SnapshotFormat.ENTRIES, StateKit.ALL_GROUPS, Map.of(EntriesWriter.fileName(), bytes));
    assertThatThrownBy(() -> restore(backend, damaged, StateSelection.of(Set.of("first"))))
        .as(what)
        .isInstanceOf(StateRestoreException.class)
        .hasMessageContaining("Expected")
        .hasMessageContaining(EntriesWriter.fileName());
  }

  @Test
  void aNewerVersionIsRefused() {
    byte[] bytes = entries().files().get(EntriesWriter.fileName()).clone();
    bytes[9]++;
    Stored newer =
        new Stored(
            SnapshotFormat.ENTRIES, StateKit.ALL_GROUPS, Map.of(EntriesWriter.fileName(), bytes));
    try (StateBackend backend = backend(Kind.ROCKSDB)) {
      assertThatThrownBy(() -> restore(backend, newer, BOTH))
          .isInstanceOf(StateRestoreException.class)
          .hasMessageContaining("of version 2")
          .hasMessageContaining("newer one");
    }
    assertThat(directory.resolve("state")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(SnapshotFormat.class)
  void aMissingFileIsNamed(SnapshotFormat format) {
    Stored empty = new Stored(format, StateKit.ALL_GROUPS, new HashMap<>());
    for (Kind kind : Kind.values()) {
      try (StateBackend backend = backend(kind)) {
        assertThatThrownBy(() -> restore(backend, empty, BOTH))
            .isInstanceOf(StateRestoreException.class)
            .hasMessageContaining("fetched")
            .hasMessageContaining("restore another one");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aMissingTableIsNamed(Kind to) throws IOException {
    Stored stored;
    try (StateBackend backend = backend(Kind.ROCKSDB);
        TaskState task = StateKit.open(backend)) {
      fill(task, "first", 0, KEYS);
      stored = Stored.of(task.snapshot(), task.keyGroups());
    }
    StoredSnapshot fetched = stored.fetch(directory.resolve("fetched"));
    try (var files = Files.list(fetched.directory())) {
      for (Path file : files.filter(path -> path.toString().endsWith(".sst")).toList()) {
        Files.delete(file);
      }
    }
    try (StateBackend backend = backend(to)) {
      assertThatThrownBy(
              () ->
                  backend.restore(
                      "stage/0",
                      StateKit.ALL_GROUPS,
                      StateKit.MAX_PARALLELISM,
                      List.of(fetched),
                      BOTH))
          .isInstanceOf(StateRestoreException.class)
          .hasMessageContaining(".sst");
    }
  }

  /** A task opens its state when it first needs it: one that never did has no snapshot. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void keyGroupsOfTasksThatHadNoStateAreEmpty(Kind kind) {
    try (StateBackend backend = backend(kind)) {
      TaskState half = backend.open("half", new KeyGroupRange(32, 64), 128);
      Stored stored = Stored.of(half.snapshot(), half.keyGroups());
      half.close();
      KeyGroupRange wider = new KeyGroupRange(0, 100);
      TaskState restored =
          backend.restore("wider", wider, 128, List.of(stored.fetch(directory)), BOTH);
      assertThat(restored.keyGroups()).isEqualTo(wider);
      // The next one has all of them.
      Stored next = Stored.of(restored.snapshot(), wider);
      restored.close();
      backend.restore("next", wider, 128, List.of(next.fetch(directory)), BOTH).close();
    }
  }

  /** Two stages have become one; and one of their tasks had no state at all. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void tasksOfSeveralStagesBecomeOne(Kind kind) {
    KeyGroupRange firstHalf = new KeyGroupRange(0, 64);
    try (StateBackend backend = backend(kind)) {
      TaskState one = StateKit.open(backend);
      fill(one, "first", 0, KEYS);
      StoredSnapshot all = Stored.of(one.snapshot(), one.keyGroups()).fetch(directory);
      one.close();
      TaskState other = backend.open("other", firstHalf, StateKit.MAX_PARALLELISM);
      EncodedKey key = keyOf(firstHalf);
      KeyedStateInternals second = other.keyedState("second", StateKit.NO_HOLDS);
      second.setCurrentKey(key, null);
      second.state(StateNamespaces.global(), VALUE).write("other");
      StoredSnapshot half = Stored.of(other.snapshot(), firstHalf).fetch(directory);
      other.close();
      TaskState task =
          backend.restore(
              "stage/0", StateKit.ALL_GROUPS, StateKit.MAX_PARALLELISM, List.of(all, half), BOTH);
      check(task, "first");
      assertThat(read(task, "second", key)).isEqualTo("other");
      task.close();
      TaskState alone =
          backend.restore(
              "stage/1", StateKit.ALL_GROUPS, StateKit.MAX_PARALLELISM, List.of(half), BOTH);
      assertThat(read(alone, "second", key)).isEqualTo("other");
      assertThat(read(alone, "first", StateKit.key("key 1"))).isNull();
      alone.close();
    }
  }

  private static EncodedKey keyOf(KeyGroupRange groups) {
    return IntStream.range(0, KEYS)
        .mapToObj(i -> StateKit.key("key " + i))
        .filter(key -> groups.contains(KeyGroups.groupOf(key, StateKit.MAX_PARALLELISM)))
        .findFirst()
        .orElseThrow();
  }

  private static @Nullable String read(TaskState task, String transform, EncodedKey key) {
    KeyedStateInternals state = task.keyedState(transform, StateKit.NO_HOLDS);
    state.setCurrentKey(key, null);
    return state.state(StateNamespaces.global(), VALUE).read();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void otherKeyGroupsAreRefused(Kind kind) {
    try (StateBackend backend = backend(kind)) {
      TaskState half = backend.open("half", new KeyGroupRange(0, 64), 128);
      half.stateNumber("first", "waiting");
      Stored stored = Stored.of(half.snapshot(), half.keyGroups());
      half.close();
      StoredSnapshot once = stored.fetch(directory);
      StoredSnapshot again = stored.fetch(directory);
      KeyGroupRange part = new KeyGroupRange(10, 20);
      assertThatThrownBy(() -> backend.restore("two", part, 128, List.of(once, again), BOTH))
          .isInstanceOf(StateRestoreException.class)
          .hasMessageContaining("several have it");
      assertThatThrownBy(() -> backend.restore("max", part, 64, List.of(again), BOTH))
          .isInstanceOf(StateRestoreException.class)
          .hasMessageContaining("maxParallelism=64")
          .hasMessageContaining("--maxParallelism=128");
      assertThatThrownBy(
              () ->
                  backend.restore(
                      "lie",
                      part,
                      128,
                      List.of(
                          new StoredSnapshot(
                              once.format(), new KeyGroupRange(0, 60), once.directory())),
                      BOTH))
          .isInstanceOf(StateRestoreException.class);
    }
  }
}
