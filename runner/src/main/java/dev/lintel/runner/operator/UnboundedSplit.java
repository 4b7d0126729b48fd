package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One split of an unbounded source: its reader, the marks of checkpoints that are not complete, and
 * how it is kept in a checkpoint.
 *
 * <pre>
 * part:  watermark:8 | length, serialized source | mark
 * </pre>
 *
 * <p>There is no mark as long as nothing has been read. The source of a part is the split as it was
 * in the life in which it was made: that is what its mark belongs to.
 *
 * <p><i>Ownership:</i> one reader. <i>Failure:</i> what the user's classes throw, as it is.
 */
final class UnboundedSplit {
  private final UnboundedSource<Object, CheckpointMark> source;

  /** Made for the first checkpoint: the source never changes. */
  private byte @Nullable [] serializedSource;

  /** Got once: some sources make theirs by reflection, which takes longer than all else here. */
  private @Nullable Coder<CheckpointMark> markCoder;

  /** The last one that was taken, encoded; empty if none was. */
  private byte[] lastMark;

  private final Deque<Taken> taken = new ArrayDeque<>();
  private UnboundedSource.@Nullable UnboundedReader<Object> reader;
  private boolean connected;

  /** The first element is there, and nobody has been told yet. */
  private boolean firstAvailable;

  /** Somebody has been told about the first element, or that there is none yet. */
  private boolean started;

  /** Elements have been read since the last mark. */
  private boolean dirty;

  /** What was told before, and is never taken back. */
  private long watermarkMillis;

  private long lastElementMillis;

  private record Taken(long checkpoint, CheckpointMark mark) {}

  @SuppressWarnings("unchecked")
  private UnboundedSplit(
      UnboundedSource<?, ?> source,
      byte @Nullable [] serializedSource,
      byte[] mark,
      long watermarkMillis) {
    this.source = (UnboundedSource<Object, CheckpointMark>) source;
    this.serializedSource = serializedSource;
    this.lastMark = mark;
    this.watermarkMillis = watermarkMillis;
  }

  static UnboundedSplit of(UnboundedSource<?, ?> source) {
    return new UnboundedSplit(source, null, new byte[0], Timestamps.MIN_MILLIS);
  }

  /** From what {@link #part} gave. */
  static UnboundedSplit restored(byte[] part) {
    ByteReader in = new ByteReader(part);
    long watermarkMillis = in.orderedLong();
    byte[] serialized = in.lengthPrefixed();
    Object source = SerializableUtils.deserializeFromByteArray(serialized, "a split of a source");
    return new UnboundedSplit(
        (UnboundedSource<?, ?>) source, serialized, in.rest(), watermarkMillis);
  }

  /** Opens the reader where the mark says; not if the split has ended. */
  void open(PipelineOptions options, long processingTimeMillis) throws IOException {
    lastElementMillis = processingTimeMillis;
    if (!hasEnded()) {
      CheckpointMark mark =
          lastMark.length == 0
              ? null
              : CoderUtils.decodeFromByteArray(markCoder(), stripped(lastMark));
      reader = source.createReader(options, mark);
    }
  }

  private Coder<CheckpointMark> markCoder() {
    Coder<CheckpointMark> known = markCoder;
    if (known != null) {
      return known;
    }
    Coder<CheckpointMark> coder = source.getCheckpointMarkCoder();
    if (coder == null) {
      throw new IllegalStateException(
          "Expected a coder for the checkpoint marks of "
              + source
              + ", but getCheckpointMarkCoder() returned null: what has been read of it can't be"
              + " stored. Use another source, or no checkpoints (--checkpointIntervalMillis=0)");
    }
    markCoder = coder;
    return coder;
  }

  // ---- reading ----

  /** False if nothing more will come. */
  boolean mayBeRead() {
    return reader != null && !(started && hasEnded());
  }

  /**
   * Has the reader do what takes it long at its start, before anybody wants an element. A
   * checkpoint that comes before {@link #advance} knows nothing of it.
   *
   * @return false if there was nothing to do
   */
  boolean connect() throws IOException {
    if (connected || !mayBeRead()) {
      return false;
    }
    connected = true;
    firstAvailable = current().start();
    return true;
  }

  /** Moves to the next element; false if there is none for now. */
  boolean advance(long processingTimeMillis) throws IOException {
    connect();
    boolean available = started ? current().advance() : firstAvailable;
    started = true;
    if (available) {
      dirty = true;
      lastElementMillis = processingTimeMillis;
    }
    return available;
  }

  /** The reader, with the element that {@link #advance} has moved to. */
  UnboundedSource.UnboundedReader<Object> current() {
    UnboundedSource.UnboundedReader<Object> open = reader;
    if (open == null) {
      throw new IllegalStateException("Expected a reader of " + source + ", but it is not open");
    }
    return open;
  }

  long watermark() {
    UnboundedSource.UnboundedReader<Object> open = reader;
    if (started && open != null) {
      Instant told = open.getWatermark();
      watermarkMillis = Math.max(watermarkMillis, told.getMillis());
    }
    return watermarkMillis;
  }

  boolean hasEnded() {
    return watermark() >= Timestamps.MAX_MILLIS;
  }

  boolean isIdle(long idleMillis, long processingTimeMillis) {
    return idleMillis > 0
        && started
        && processingTimeMillis - lastElementMillis >= idleMillis
        && !hasEnded();
  }

  // ---- marks ----

  /**
   * Takes a mark, which is finalized when the checkpoint is complete.
   *
   * @param drained nothing more is to be read of it, ever
   * @return the split as a part of the checkpoint
   */
  byte[] part(long checkpoint, boolean drained) throws IOException {
    UnboundedSource.UnboundedReader<Object> open = reader;
    long told = drained ? Timestamps.MAX_MILLIS : watermark();
    if (started && open != null) {
      CheckpointMark mark = open.getCheckpointMark();
      taken.add(new Taken(checkpoint, mark));
      lastMark = present(CoderUtils.encodeToByteArray(markCoder(), mark));
      dirty = false;
    }
    byte[] serialized = serializedSource;
    if (serialized == null) {
      serialized = SerializableUtils.serializeToByteArray(source);
      serializedSource = serialized;
    }
    return new ByteWriter().orderedLong(told).lengthPrefixed(serialized).bytes(lastMark).toBytes();
  }

  /** A mark may have no bytes: one before says that there is one. */
  private static byte[] present(byte[] mark) {
    return new ByteWriter().fixed16(1).bytes(mark).toBytes();
  }

  private static byte[] stripped(byte[] mark) {
    ByteReader in = new ByteReader(mark);
    in.fixed16();
    return in.rest();
  }

  /** Finalizes the marks of a checkpoint and of all before it, in their order. */
  void finalizeMarks(long checkpoint) throws IOException {
    Taken next;
    while ((next = taken.peek()) != null && next.checkpoint <= checkpoint) {
      taken.remove();
      next.mark.finalizeCheckpoint();
    }
  }

  /** Without checkpoints: takes a mark of what was read, and finalizes it. */
  void finalizeNow() throws IOException {
    if (dirty) {
      dirty = false;
      current().getCheckpointMark().finalizeCheckpoint();
    }
  }

  void close() throws IOException {
    UnboundedSource.UnboundedReader<Object> open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
