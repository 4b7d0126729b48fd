package dev.lintel.state;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;

/**
 * What all cells of one state of one operator have in common: number, kind, and what has been
 * learned about their size.
 *
 * <p>Sizes are estimated: one of {@value #SAMPLE_EVERY} changes encodes what was changed and counts
 * the bytes; the running average (an eighth new, seven eighths old) weighs what is not encoded.
 */
final class Column {
  private static final int SAMPLE_EVERY = 64;
  private static final int AVERAGE_BYTES_FIRST = 32;

  /** A decoded object is taken for so many times its encoded size… */
  private static final int DECODED_FACTOR = 2;

  /** …plus this, for its header and the reference to it. */
  private static final int DECODED_OVERHEAD_BYTES = 24;

  private static final long NOTHING = Long.MIN_VALUE;
  private static final long ANYTHING = Long.MAX_VALUE;

  final KeyedCells owner;
  final String id;
  final boolean system;
  final StateKind kind;
  final int stateNumber;

  /**
   * The last timestamp of the latest window of which a cell of this state was ever written to the
   * store: a cell of a later window is known to be empty without a look, as the cells of most
   * windows are when they begin. Of a store that was there before, nothing is known.
   */
  private long storedUpToMillis;

  private StateTag<?> lastTag;

  private int averageBytes = AVERAGE_BYTES_FIRST;
  private int untilSample;

  Column(KeyedCells owner, StateTag<?> tag, StateKind kind, int stateNumber, boolean everStored) {
    this.owner = owner;
    this.id = tag.getId();
    this.system = StateTags.isSystemTagInternal(tag);
    this.kind = kind;
    this.stateNumber = stateNumber;
    this.storedUpToMillis = everStored ? ANYTHING : NOTHING;
    this.lastTag = tag;
    this.untilSample = 1;
  }

  @SuppressWarnings("ReferenceEquality") // Most states are asked for with one object.
  boolean isFor(StateTag<?> tag) {
    if (tag == lastTag) {
      return true;
    }
    boolean same = id.equals(tag.getId()) && system == StateTags.isSystemTagInternal(tag);
    if (same) {
      lastTag = tag;
    }
    return same;
  }

  boolean everStored() {
    return storedUpToMillis != NOTHING;
  }

  /** Whether the store may have a cell of this state. */
  boolean mayBeStored(StateNamespace namespace) {
    return storedUpToMillis != NOTHING && Namespaces.endMillis(namespace) <= storedUpToMillis;
  }

  /** A cell was written to the store. */
  void stored(StateNamespace namespace) {
    if (storedUpToMillis != ANYTHING) {
      storedUpToMillis = Math.max(storedUpToMillis, Namespaces.endMillis(namespace));
    }
  }

  /** All that was stored is deleted. */
  void cleared() {
    storedUpToMillis = NOTHING;
  }

  /** Whether the change that is being made should be measured. */
  boolean sampleDue() {
    if (--untilSample > 0) {
      return false;
    }
    untilSample = SAMPLE_EVERY;
    return owner.cache.isBounded();
  }

  void sampled(int encodedBytes) {
    averageBytes += (encodedBytes - averageBytes) / 8;
  }

  /** The weight of one decoded value of unknown size. */
  int averageWeight() {
    return weight(averageBytes);
  }

  /** The weight of one decoded value whose encoded size is known. */
  static int weight(int encodedBytes) {
    return (int) Math.min(Integer.MAX_VALUE / 2, (long) encodedBytes * DECODED_FACTOR)
        + DECODED_OVERHEAD_BYTES;
  }

  @Override
  public String toString() {
    return "state '" + id + "' (" + kind + ") of transform '" + owner.transformName + "'";
  }
}
