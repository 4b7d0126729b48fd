package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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
  private final KeyGroupRange keyGroups;
  private final int maxParallelism;
  private final Runnable onClose;
  private final CellStore cellStore;
  private final CellCache cache;
  private final Map<DictionaryName, Integer> numbers = new HashMap<>();
  private final Set<String> operators = new HashSet<>();

  /** Numbers below were in the dictionary when the store was opened, maybe with entries. */
  private final int firstNewNumber;

  private int nextNumber;
  private boolean closed;

  /**
   * @param cacheLimit bytes that decoded cells may take; read again and again
   * @param onClose told once when the state is closed
   */
  StoredTaskState(
      OrderedStore store,
      KeyGroupRange keyGroups,
      int maxParallelism,
      LongSupplier cacheLimit,
      Runnable onClose) {
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
    this.store = store;
    this.keyGroups = keyGroups;
    this.maxParallelism = maxParallelism;
    this.onClose = onClose;
    this.cellStore = new CellStore(store, maxParallelism);
    this.cache = new CellCache(cacheLimit, cellStore);
    this.firstNewNumber = readDictionary();
    this.nextNumber = firstNewNumber;
  }

  private int readDictionary() {
    byte[] prefix = StateKeyLayout.dictionaryPrefix();
    int end = 0;
    try (Cursor cursor = store.scan(prefix, StateKeyLayout.endOf(prefix))) {
      while (cursor.next()) {
        int number = new ByteReader(cursor.value()).fixed32();
        numbers.put(StateKeyLayout.dictionaryName(cursor.key()), number);
        end = Math.max(end, number + 1);
      }
    }
    return end;
  }

  @Override
  public KeyedStateInternals keyedState(String transformName, HoldListener holds) {
    if (!operators.add(transformName)) {
      throw new IllegalStateException(
          "Expected one operator for each transform in a task, but the state of '"
              + transformName
              + "' is opened twice: two caches would overwrite each other's cells");
    }
    return new KeyedCells(transformName, this, cache, cellStore, holds);
  }

  @Override
  public int stateNumber(String transformName, String stateId) {
    DictionaryName name = new DictionaryName(transformName, stateId);
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    int number = nextNumber++;
    numbers.put(name, number);
    store.put(
        StateKeyLayout.dictionaryKey(transformName, stateId),
        new ByteWriter().fixed32(number).toBytes());
    return number;
  }

  /** The column of a state at its first use in this life of the task. */
  Column newColumn(KeyedCells owner, StateTag<?> tag, StateKind kind) {
    // Beam lets a user's state and one of its own have the same id.
    String stateId = (StateTags.isSystemTagInternal(tag) ? "s" : "u") + tag.getId();
    int number = stateNumber(owner.transformName, stateId);
    return new Column(owner, tag, kind, number, number < firstNewNumber);
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
  public void flush() {
    cache.flush();
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
