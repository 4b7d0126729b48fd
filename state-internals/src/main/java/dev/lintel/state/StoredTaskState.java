package dev.lintel.state;

import dev.lintel.state.image.TaskHeader;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;

/**
 * The state of one task over an ordered store: the store, one cache for all operators, and the
 * dictionary of state numbers, which is itself stored. Backends differ in what they hand in.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
final class StoredTaskState implements TaskState {
  private final OrderedStore store;
  private final Snapshots snapshots;
  private final KeyGroupRange keyGroups;
  private final int maxParallelism;
  private final Runnable onClose;
  private final CellStore cellStore;
  private final CellCache cache;
  private final Map<DictionaryName, TaskHeader.State> states = new HashMap<>();
  private final List<StoredPart> parts = new ArrayList<>();
  private final Set<String> operators = new HashSet<>();

  /** Numbers below were in the dictionary when the store was opened, maybe with entries. */
  private final int firstNewNumber;

  private int nextNumber;
  private final SnapshotPreparation preparation;
  private boolean closed;

  /**
   * @param store has the header that says of what it is: {@link #begin}
   * @param cacheLimit bytes that decoded cells may take; read again and again
   * @param onClose told once when the state is closed
   */
  StoredTaskState(
      OrderedStore store, Snapshots snapshots, LongSupplier cacheLimit, Runnable onClose) {
    TaskHeader header = TaskHeader.read(store::scan, "an open store");
    this.store = store;
    this.snapshots = snapshots;
    this.preparation = new SnapshotPreparation(parts, snapshots);
    this.keyGroups = new KeyGroupRange(header.firstGroup(), header.endGroup());
    this.maxParallelism = header.maxParallelism();
    this.onClose = onClose;
    this.cellStore = new CellStore(store, maxParallelism, CellCache.packedLimit(cacheLimit));
    this.cache = new CellCache(cacheLimit, cellStore);
    int end = 0;
    for (TaskHeader.State state : header.states()) {
      states.put(state.name(), state);
      end = Math.max(end, state.number() + 1);
    }
    this.firstNewNumber = end;
    this.nextNumber = end;
    parts.add(cache);
    parts.add(cellStore.packed());
  }

  /** Makes an empty store that of a task's key groups. */
  static void begin(OrderedStore store, KeyGroupRange keyGroups, int maxParallelism) {
    requireRange(keyGroups, maxParallelism);
    new TaskHeader(maxParallelism, keyGroups.first(), keyGroups.end(), 0, List.of())
        .write(store::put);
  }

  static void requireRange(KeyGroupRange keyGroups, int maxParallelism) {
    if (maxParallelism < 1
        || maxParallelism > StateKeyLayout.MAX_PARALLELISM_LIMIT
        || keyGroups.end() > maxParallelism) {
      throw new IllegalArgumentException(
          "Expected 1 to "
              + StateKeyLayout.MAX_PARALLELISM_LIMIT
              + " key groups and a range within, but maxParallelism="
              + maxParallelism
              + ", range="
              + keyGroups);
    }
  }

  @Override
  public KeyedStateInternals keyedState(String transformName, HoldListener holds) {
    if (!operators.add(transformName)) {
      throw new IllegalStateException(
          "Expected one operator for each transform in a task, but the state of '"
              + transformName
              + "' is opened twice: two caches would overwrite each other's cells");
    }
    reportHolds(transformName, holds);
    return new KeyedCells(transformName, this, cache, cellStore, holds);
  }

  /** Tells of the holds that the store has: those of an earlier life. */
  private void reportHolds(String transformName, HoldListener holds) {
    for (TaskHeader.State state : states.values()) {
      if (state.kind() == StateKind.HOLD.code
          && state.number() < firstNewNumber
          && state.name().transformName().equals(transformName)) {
        for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
          reportHolds(StateKeyLayout.statePrefix(group, state.number()), holds);
        }
      }
    }
  }

  private void reportHolds(byte[] prefix, HoldListener holds) {
    try (Cursor cursor = store.scan(prefix, StateKeyLayout.endOf(prefix))) {
      while (cursor.next()) {
        holds.holdAdded(HoldCell.timestampMillis(new ByteReader(cursor.value())));
      }
    }
  }

  @Override
  public int stateNumber(String transformName, String stateId) {
    return state(new DictionaryName(transformName, stateId), StateKind.NO_CELLS).number();
  }

  private TaskHeader.State state(DictionaryName name, int kind) {
    TaskHeader.State known = states.get(name);
    if (known == null) {
      known = new TaskHeader.State(name, nextNumber++, kind);
      states.put(name, known);
      store.put(
          StateKeyLayout.dictionaryKey(name.transformName(), name.stateId()),
          TaskHeader.dictionaryValue(known.number(), kind));
    }
    if (known.kind() != kind) {
      throw new IllegalStateException(
          "Expected state '"
              + name.stateId()
              + "' of transform '"
              + name.transformName()
              + "' to stay what it was when it was first stored, "
              + StateKind.nameOf(known.kind())
              + ", but it is used as "
              + StateKind.nameOf(kind)
              + " now: give a state of another kind another id");
    }
    return known;
  }

  /** The column of a state at its first use in this life of the task. */
  Column newColumn(KeyedCells owner, StateTag<?> tag, StateKind kind) {
    int number = state(nameOf(owner.transformName, tag), kind.code).number();
    return new Column(owner, tag, kind, number, number < firstNewNumber);
  }

  /** The number of a state that was ever used; of another one nothing is stored. */
  OptionalInt knownNumber(String transformName, StateTag<?> tag) {
    TaskHeader.State known = states.get(nameOf(transformName, tag));
    return known == null ? OptionalInt.empty() : OptionalInt.of(known.number());
  }

  /** Beam lets a user's state and one of its own have the same id. */
  private static DictionaryName nameOf(String transformName, StateTag<?> tag) {
    String stateId =
        StateTags.isSystemTagInternal(tag)
            ? StateSelection.systemState(tag.getId())
            : StateSelection.userState(tag.getId());
    return new DictionaryName(transformName, stateId);
  }

  @Override
  public OrderedStore store() {
    return store;
  }

  @Override
  public KeyGroupRange keyGroups() {
    return keyGroups;
  }

  @Override
  public int maxParallelism() {
    return maxParallelism;
  }

  @Override
  public void attach(StoredPart part) {
    parts.add(part);
  }

  @Override
  public void flush() {
    parts.forEach(StoredPart::flush);
  }

  @Override
  public Preparation prepareSnapshot(int entriesMax, int enough) {
    return preparation.step(entriesMax, enough);
  }

  @Override
  public int unwritten() {
    return preparation.unwritten();
  }

  @Override
  public long takeWaitNanos() {
    return snapshots.takeWaitNanos();
  }

  @Override
  public StateSnapshot snapshot() {
    beforeSnapshot();
    return snapshots.take();
  }

  @Override
  public StateSnapshot portableSnapshot() {
    beforeSnapshot();
    return snapshots.takePortable();
  }

  private void beforeSnapshot() {
    snapshots.begin();
    flush();
    preparation.end();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      cellStore.close();
    } finally {
      try {
        store.close();
      } finally {
        onClose.run();
      }
    }
  }
}
