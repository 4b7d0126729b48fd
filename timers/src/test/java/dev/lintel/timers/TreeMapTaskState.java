package dev.lintel.timers;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.TaskState;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of a task over a sorted map, which counts what is written and can be opened again for
 * other key groups.
 */
final class TreeMapTaskState implements TaskState {
  static final int MAX_PARALLELISM = 16;

  final TreeMapStore store;
  private final KeyGroupRange keyGroups;
  private final Map<List<String>, Integer> numbers;

  private TreeMapTaskState(
      TreeMapStore store, KeyGroupRange keyGroups, Map<List<String>, Integer> numbers) {
    this.store = store;
    this.keyGroups = keyGroups;
    this.numbers = numbers;
  }

  static TreeMapTaskState create() {
    KeyGroupRange all = new KeyGroupRange(0, MAX_PARALLELISM);
    return new TreeMapTaskState(new TreeMapStore(), all, new HashMap<>());
  }

  /** What a restore of {@code range} finds: a copy of the entries of its groups. */
  TreeMapTaskState reopened(KeyGroupRange range) {
    TreeMapStore copy = new TreeMapStore();
    store.entries.forEach(
        (key, value) -> {
          if (range.contains((key[0] & 0xff) << 8 | key[1] & 0xff)) {
            copy.entries.put(key, value);
          }
        });
    return new TreeMapTaskState(copy, range, new HashMap<>(numbers));
  }

  TreeMapTaskState reopened() {
    return reopened(keyGroups);
  }

  @Override
  public KeyedStateInternals keyedState(String transformName, HoldListener holds) {
    throw new UnsupportedOperationException("Expected timers only");
  }

  @Override
  public int stateNumber(String transformName, String stateId) {
    return numbers.computeIfAbsent(List.of(transformName, stateId), name -> numbers.size());
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
    return MAX_PARALLELISM;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /** A key whose bytes are the given text. */
  static EncodedKey key(String text) {
    return new EncodedKey(text.getBytes(StandardCharsets.UTF_8));
  }

  static final class TreeMapStore implements OrderedStore {
    final NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
    int reads;
    int writes;
    int openCursors;

    @Override
    public byte @Nullable [] get(byte[] key) {
      reads++;
      return entries.get(key);
    }

    @Override
    public void put(byte[] key, byte[] value) {
      writes++;
      entries.put(key, value);
    }

    @Override
    public void delete(byte[] key) {
      writes++;
      if (entries.remove(key) == null) {
        throw new AssertionError("Expected only stored keys to be deleted, but this one is not");
      }
    }

    @Override
    public void deleteRange(byte[] from, byte[] end) {
      writes++;
      entries.subMap(from, end).clear();
    }

    /**
     * Writes nothing before the commit, as RocksDB does: a read that forgot to commit sees the old
     * entries.
     */
    @Override
    public Batch batch() {
      return new DeferredBatch();
    }

    @Override
    public Cursor scan(byte[] from, byte[] end) {
      openCursors++;
      return new ListCursor(new ArrayList<>(entries.subMap(from, end).entrySet()));
    }

    @Override
    public void close() {}

    private final class DeferredBatch implements Batch {
      private final List<Runnable> writes = new ArrayList<>();

      @Override
      public void put(ByteWriter key, ByteWriter value) {
        byte[] keyBytes = key.toBytes();
        byte[] valueBytes = value.toBytes();
        writes.add(() -> TreeMapStore.this.put(keyBytes, valueBytes));
      }

      @Override
      public void delete(ByteWriter key) {
        delete(key.toBytes());
      }

      @Override
      public void delete(byte[] key) {
        writes.add(() -> TreeMapStore.this.delete(key));
      }

      @Override
      public void deleteRange(byte[] from, byte[] end) {
        writes.add(() -> TreeMapStore.this.deleteRange(from, end));
      }

      @Override
      public long bytes() {
        return 100L * writes.size();
      }

      @Override
      public void commit() {
        writes.forEach(Runnable::run);
        writes.clear();
      }
    }

    private final class ListCursor implements Cursor {
      private final List<Map.Entry<byte[], byte[]>> range;
      private int position = -1;

      private ListCursor(List<Map.Entry<byte[], byte[]>> range) {
        this.range = range;
      }

      @Override
      public boolean next() {
        return ++position < range.size();
      }

      @Override
      public byte[] key() {
        return range.get(position).getKey();
      }

      @Override
      public byte[] value() {
        return range.get(position).getValue();
      }

      @Override
      public void close() {
        openCursors--;
      }
    }
  }
}
