package dev.lintel.state;

import dev.lintel.state.image.EntriesFile;
import dev.lintel.state.image.StateRestoreException;
import dev.lintel.state.image.StoreImage;
import dev.lintel.state.image.TaskHeader;
import dev.lintel.state.image.TaskHeader.State;
import dev.lintel.state.image.TaskImage;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import dev.lintel.state.store.BulkLoad;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Cursor;
import dev.lintel.state.store.RocksDbView;
import dev.lintel.state.store.StateStoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of some snapshots one task wants, and the two ways to get it into an empty store: taking all
 * there is and cutting off what is not wanted, or copying what is.
 *
 * <p>Each snapshot has state numbers of its own; a copy goes by the names. So the entries of a key
 * group are read state by state, in the order of their new numbers, which gives keys in order for
 * {@link BulkLoad}. Sequence numbers go on behind the largest of all snapshots.
 */
final class StateRestore {
  private final String taskName;
  private final KeyGroupRange keyGroups;
  private final int maxParallelism;
  private final StateSelection selection;

  /** Those that have some of the key groups, in their order. */
  private final List<StoredSnapshot> snapshots;

  /**
   * @param from a key group that none of them has had no state
   * @throws StateRestoreException if several of them have the same key group
   */
  StateRestore(
      String taskName,
      KeyGroupRange keyGroups,
      int maxParallelism,
      List<StoredSnapshot> from,
      StateSelection selection) {
    StoredTaskState.requireRange(keyGroups, maxParallelism);
    this.taskName = taskName;
    this.keyGroups = keyGroups;
    this.maxParallelism = maxParallelism;
    this.selection = selection;
    this.snapshots =
        from.stream()
            .filter(snapshot -> overlap(snapshot.keyGroups()).size() > 0)
            .sorted(Comparator.comparingInt(snapshot -> snapshot.keyGroups().first()))
            .toList();
    requireNoOverlap();
  }

  private KeyGroupRange overlap(KeyGroupRange other) {
    int first = Math.max(keyGroups.first(), other.first());
    return new KeyGroupRange(first, Math.max(first, Math.min(keyGroups.end(), other.end())));
  }

  private void requireNoOverlap() {
    int next = keyGroups.first();
    for (StoredSnapshot snapshot : snapshots) {
      KeyGroupRange part = overlap(snapshot.keyGroups());
      if (part.first() < next) {
        throw wrong(
            "the state of key group " + part.first() + " in one snapshot",
            "several have it; they have "
                + snapshots.stream().map(StoredSnapshot::keyGroups).toList());
      }
      next = part.end();
    }
  }

  private StateRestoreException wrong(String expected, String found) {
    return new StateRestoreException(
        "Expected "
            + expected
            + ", but "
            + found
            + " (task="
            + taskName
            + ", key groups="
            + keyGroups
            + "). Check that all of the checkpoint's files are there, or restore another one");
  }

  /** The one snapshot that has all that is wanted; null if it is several. */
  @Nullable StoredSnapshot only() {
    return snapshots.size() == 1 ? snapshots.get(0) : null;
  }

  private void requireFits(TaskHeader header, StoredSnapshot snapshot) {
    if (header.maxParallelism() != maxParallelism) {
      throw new StateRestoreException(
          "Expected state of maxParallelism="
              + maxParallelism
              + ", but it was taken with maxParallelism="
              + header.maxParallelism()
              + " (task="
              + taskName
              + ", "
              + snapshot.directory()
              + "): keys can't be brought to other key groups. Start the job with --maxParallelism="
              + header.maxParallelism());
    }
    KeyGroupRange found = new KeyGroupRange(header.firstGroup(), header.endGroup());
    if (!found.equals(snapshot.keyGroups())) {
      throw wrong("a snapshot of " + snapshot.keyGroups(), "it is one of " + found);
    }
  }

  /** A stored state under the name and number that it has from now on; null if it is not wanted. */
  private @Nullable State renamed(State stored, int number) {
    DictionaryName name = selection.target(stored.name());
    return name == null ? null : new State(name, number, stored.kind());
  }

  private void migrate(OrderedStore store, DictionaryName stored, State state) {
    ValueMigration migration = selection.migrations().get(stored);
    if (migration != null) {
      new StateMigration(store, state, migration).run(keyGroups);
    }
  }

  // ---- cutting off ----

  /** Removes from a store that has all of {@code snapshot} what is not wanted of it. */
  void cutTo(OrderedStore store, StoredSnapshot snapshot) {
    TaskHeader header = TaskHeader.read(store::scan, snapshot.directory().toString());
    requireFits(header, snapshot);
    deleteGroups(store, header.firstGroup(), keyGroups.first());
    deleteGroups(store, keyGroups.end(), header.endGroup());
    Map<DictionaryName, State> kept = new LinkedHashMap<>();
    for (State stored : header.states()) {
      State state = renamed(stored, stored.number());
      if (state == null) {
        deleteEntries(store, stored);
      } else {
        kept.put(stored.name(), state);
      }
      if (!stored.equals(state)) {
        deleteName(store, stored);
      }
    }
    TaskHeader cut = header(header.nextSequence(), List.copyOf(kept.values()));
    if (!cut.equals(header)) {
      cut.write(store::put);
    }
    kept.forEach((stored, state) -> migrate(store, stored, state));
  }

  private static void deleteGroups(OrderedStore store, int first, int end) {
    if (first < end) {
      store.deleteRange(StateKeyLayout.groupStart(first), StateKeyLayout.groupStart(end));
    }
  }

  private void deleteEntries(OrderedStore store, State state) {
    for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
      byte[] prefix = StateKeyLayout.statePrefix(group, state.number());
      store.deleteRange(prefix, StateKeyLayout.endOf(prefix));
    }
  }

  private static void deleteName(OrderedStore store, State state) {
    DictionaryName name = state.name();
    store.delete(StateKeyLayout.dictionaryKey(name.transformName(), name.stateId()));
  }

  private TaskHeader header(long nextSequence, List<State> states) {
    return new TaskHeader(maxParallelism, keyGroups.first(), keyGroups.end(), nextSequence, states);
  }

  // ---- copying ----

  /** Copies what is wanted into an empty store. */
  void copyTo(OrderedStore store, BulkLoad load) {
    List<TaskImage> images = new ArrayList<>();
    try {
      for (StoredSnapshot snapshot : snapshots) {
        TaskImage image = open(snapshot);
        images.add(image);
        requireFits(image.header(), snapshot);
      }
      Map<DictionaryName, State> states = statesByStoredName(images);
      for (int i = 0; i < images.size(); i++) {
        copy(images.get(i), overlap(snapshots.get(i).keyGroups()), states, load);
      }
      load.finish();
      long nextSequence =
          images.stream().mapToLong(image -> image.header().nextSequence()).max().orElse(0);
      header(nextSequence, List.copyOf(states.values())).write(store::put);
      states.forEach((stored, state) -> migrate(store, stored, state));
    } finally {
      images.forEach(TaskImage::close);
    }
  }

  private TaskImage open(StoredSnapshot snapshot) {
    try {
      return switch (snapshot.format()) {
        case ROCKSDB ->
            new StoreImage(
                RocksDbView.openStored(snapshot.directory()), snapshot.directory().toString());
        case ENTRIES -> EntriesFile.open(snapshot.directory());
      };
    } catch (StateStoreException e) {
      throw damaged(e);
    }
  }

  /** What can't be opened, as something to do with the checkpoint. */
  StateRestoreException damaged(StateStoreException cause) {
    return new StateRestoreException(cause.getMessage() + " (task=" + taskName + ")", cause);
  }

  private Map<DictionaryName, State> statesByStoredName(List<TaskImage> images) {
    Map<DictionaryName, State> states = new LinkedHashMap<>();
    for (TaskImage image : images) {
      for (State stored : image.header().states()) {
        State state = renamed(stored, states.size());
        State before = state == null ? null : states.putIfAbsent(stored.name(), state);
        if (before != null && before.kind() != stored.kind()) {
          throw wrong(
              "state '" + stored.name() + "' to be the same kind in all snapshots",
              "it is "
                  + StateKind.nameOf(before.kind())
                  + " and "
                  + StateKind.nameOf(stored.kind()));
        }
      }
    }
    return states;
  }

  private static void copy(
      TaskImage image, KeyGroupRange groups, Map<DictionaryName, State> states, BulkLoad load) {
    List<int[]> numbers = new ArrayList<>();
    for (State old : image.header().states()) {
      State state = states.get(old.name());
      if (state != null) {
        numbers.add(new int[] {old.number(), state.number()});
      }
    }
    numbers.sort(Comparator.comparingInt(pair -> pair[1]));
    for (int group = groups.first(); group < groups.end(); group++) {
      for (int[] pair : numbers) {
        try (Cursor cursor = image.scan(group, pair[0])) {
          while (cursor.next()) {
            load.put(StateKeyLayout.renumbered(cursor.key(), pair[1]), cursor.value());
          }
        }
      }
    }
  }
}
