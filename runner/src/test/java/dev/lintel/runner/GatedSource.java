package dev.lintel.runner;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The numbers from 0 to an end, each with as many milliseconds as its timestamp; those from the
 * gate on do not come before the gate is moved. So a test knows where a checkpoint has been taken.
 * The splits are always as many, whatever the parallelism.
 *
 * <p>Instances are in stored savepoints (see {@code SavepointFormatTest}): fields and {@code
 * serialVersionUID} stay as they are.
 */
final class GatedSource extends UnboundedSource<Long, GatedSource.Mark> {
  private static final long serialVersionUID = 1L;
  private static final int SPLITS = 3;

  /** By name: the first number that does not come yet, and how many have come. */
  private static final Map<String, AtomicLong> GATES = new ConcurrentHashMap<>();

  private static final Map<String, AtomicLong> READ = new ConcurrentHashMap<>();

  private final String gate;
  private final long end;
  private final int split;
  private final int splits;

  GatedSource(String gate, long end) {
    this(gate, end, 0, 1);
  }

  private GatedSource(String gate, long end, int split, int splits) {
    this.gate = gate;
    this.end = end;
    this.split = split;
    this.splits = splits;
  }

  /** Also forgets what was counted. */
  static void setGate(String gate, long first) {
    READ.put(gate, new AtomicLong());
    GATES.put(gate, new AtomicLong(first));
  }

  /** How many numbers have come since the gate was set. */
  static long read(String gate) {
    return READ.get(gate).get();
  }

  /** For anything else that has to wait for the gate. */
  static boolean isOpen(String gate, long number) {
    return number < GATES.get(gate).get();
  }

  /** How many numbers there are before those of the next split's turn. */
  static final class Mark implements CheckpointMark, Serializable {
    private static final long serialVersionUID = 1L;
    private final long position;

    Mark(long position) {
      this.position = position;
    }

    @Override
    public void finalizeCheckpoint() {}
  }

  @Override
  public List<GatedSource> split(int desired, PipelineOptions options) {
    return IntStream.range(0, SPLITS).mapToObj(i -> new GatedSource(gate, end, i, SPLITS)).toList();
  }

  @Override
  public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader(mark == null ? split : mark.position);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  private final class Reader extends UnboundedReader<Long> {
    private long next;
    private long current = -1;

    Reader(long next) {
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= end || !isOpen(gate, next)) {
        return false;
      }
      current = next;
      next += splits;
      READ.get(gate).incrementAndGet();
      return true;
    }

    @Override
    public Long getCurrent() {
      if (current < 0) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return new Instant(getCurrent());
    }

    @Override
    public Instant getWatermark() {
      return next >= end ? BoundedWindow.TIMESTAMP_MAX_VALUE : new Instant(next);
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Mark(next);
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return GatedSource.this;
    }

    @Override
    public void close() {}
  }
}
