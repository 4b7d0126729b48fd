package dev.lintel.runner.grouping;

import dev.lintel.state.layout.ByteWriter;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the values of a group: how an accumulator is made of them, spilled, read back
 * and put out. An accumulator that a method returns stands for those that it was given, which are
 * used up.
 *
 * <p><i>Ownership:</i> one task.
 */
public interface Aggregation {
  /** An accumulator with one value in it. */
  @Nullable Object first(@Nullable Object value);

  /** Adds a value. */
  @Nullable Object add(@Nullable Object accumulator, @Nullable Object value);

  /** Puts two accumulators together: their windows have merged. */
  @Nullable Object merge(@Nullable Object accumulator, @Nullable Object other);

  /** What the group gives to the next transform. */
  @Nullable Object output(@Nullable Object accumulator);

  /** About how much memory the accumulators take that {@link #first} has made. */
  long heapBytes();

  /** They have been spilled: none is in memory any more. */
  void forget();

  /** Writes an accumulator, in one part or several. */
  void write(@Nullable Object accumulator, PartSink sink);

  /** The accumulator of a group's first part. */
  @Nullable Object read(StoredPart part);

  /** Adds another part of the same group. */
  @Nullable Object read(@Nullable Object accumulator, StoredPart part);

  /** Whether something that was put out still reads the runs. */
  boolean outputReadsRuns();

  /** Takes the parts of one accumulator after the other. */
  interface PartSink {
    /** Begins a part, which is to be written to what is returned, behind what is there. */
    ByteWriter begin();

    /** The part is complete. */
    void end();
  }
}
