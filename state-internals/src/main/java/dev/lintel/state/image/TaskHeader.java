package dev.lintel.state.image;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * What a task's store says of itself, in the entries behind those of its cells: for which key
 * groups it is, which states it has under which numbers, and how far its sequence numbers are.
 *
 * @param firstGroup the first key group that entries may belong to
 * @param endGroup the key group behind the last
 * @param nextSequence the first sequence number that no entry has
 * @param states by number
 */
public record TaskHeader(
    int maxParallelism, int firstGroup, int endGroup, long nextSequence, List<State> states) {
  /**
   * The version of the layout of stored entries ({@link StateKeyLayout} and what the kinds of state
   * make of it). Raised when a layout changes that stored snapshots have.
   */
  public static final int LAYOUT_VERSION = 1;

  /**
   * A state in the dictionary.
   *
   * @param kind what keeps the state, as its keeper numbers it; 0 for one that is no cell
   */
  public record State(DictionaryName name, int number, int kind) {}

  /** The value of a dictionary entry. */
  public static byte[] dictionaryValue(int number, int kind) {
    ByteWriter out = new ByteWriter().fixed32(number);
    out.write(kind);
    return out.toBytes();
  }

  /** The state that a dictionary entry stands for. */
  public static State state(byte[] key, byte[] value) {
    ByteReader in = new ByteReader(value);
    return new State(StateKeyLayout.dictionaryName(key), in.fixed32(), in.read());
  }

  /**
   * Reads the header of a store.
   *
   * @param scan opens a cursor over a range of the store
   * @param where the store, for error texts
   * @throws StateRestoreException if it has none, or one of a newer version
   */
  public static TaskHeader read(BiFunction<byte[], byte[], Cursor> scan, String where) {
    byte[] format = null;
    long nextSequence = 0;
    List<State> states = new ArrayList<>();
    byte[] dictionary = StateKeyLayout.dictionaryPrefix();
    try (Cursor cursor = scan.apply(StateKeyLayout.ownStart(), StateKeyLayout.ownEnd())) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (Arrays.equals(key, StateKeyLayout.formatKey())) {
          format = cursor.value();
        } else if (Arrays.equals(key, StateKeyLayout.sequenceKey())) {
          nextSequence = new ByteReader(cursor.value()).fixed64();
        } else if (Arrays.mismatch(key, dictionary) == dictionary.length) {
          states.add(state(key, cursor.value()));
        } else {
          throw unknown(where, "an entry " + Arrays.toString(key) + " that this version knows");
        }
      }
    }
    if (format == null) {
      throw unknown(where, "no word of its format");
    }
    states.sort((a, b) -> Integer.compare(a.number, b.number));
    return read(new ByteReader(format), nextSequence, states, where);
  }

  private static TaskHeader read(
      ByteReader format, long nextSequence, List<State> states, String where) {
    int version = format.fixed16();
    requireVersion(version, LAYOUT_VERSION, where);
    return new TaskHeader(
        format.fixed32(), format.fixed32(), format.fixed32(), nextSequence, List.copyOf(states));
  }

  private static StateRestoreException unknown(String where, String what) {
    return new StateRestoreException(
        "Expected the state of a task, but found "
            + what
            + " ("
            + where
            + "). Check the checkpoint that it was taken from, or restore another one");
  }

  static void requireVersion(int found, int known, String where) {
    if (found > known) {
      throw new StateRestoreException(
          "Expected state of format version "
              + known
              + " or older, but it is of version "
              + found
              + " ("
              + where
              + "). Restore it with the version of Lintel that wrote it, or a newer one");
    }
    if (found < 1) {
      throw new StateRestoreException(
          "Expected state of format version 1 to "
              + known
              + ", but it says "
              + found
              + " ("
              + where
              + "): the file is damaged. Restore another checkpoint");
    }
  }

  /** Hands the entries that make this header to {@code entries}, in the order of their keys. */
  public void write(BiConsumer<byte[], byte[]> entries) {
    states.stream()
        .sorted((a, b) -> Arrays.compareUnsigned(dictionaryKey(a), dictionaryKey(b)))
        .forEach(
            state ->
                entries.accept(dictionaryKey(state), dictionaryValue(state.number, state.kind)));
    if (nextSequence > 0) {
      entries.accept(
          StateKeyLayout.sequenceKey(), new ByteWriter().fixed64(nextSequence).toBytes());
    }
    entries.accept(
        StateKeyLayout.formatKey(),
        new ByteWriter()
            .fixed16(LAYOUT_VERSION)
            .fixed32(maxParallelism)
            .fixed32(firstGroup)
            .fixed32(endGroup)
            .toBytes());
  }

  private static byte[] dictionaryKey(State state) {
    return StateKeyLayout.dictionaryKey(state.name.transformName(), state.name.stateId());
  }
}
