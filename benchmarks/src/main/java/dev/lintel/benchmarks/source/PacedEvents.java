package dev.lintel.benchmarks.source;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Numbers at a rate, each with the time at which it was due.
 *
 * <p>A reader that could not give an element when it was due, since the runner did not ask, gives
 * it as soon as it can, but with the time at which it was due: a latency that is reckoned from
 * there has the waiting in it, and no delay goes unseen (no coordinated omission). Timestamps are
 * the milliseconds since {@link Pace#startNanos} at which elements are due; the watermark is that
 * of the next element, but never ahead of the clock.
 *
 * <p>What a reader does for the measurement it does a thousand times in a run. Code that runs once
 * in a run counts as never run for the JIT compiler, which throws away what it has compiled of a
 * whole pipeline when it does: a measurement that noted just the half would disturb itself there.
 */
public final class PacedEvents extends UnboundedSource<KV<Long, Long>, Position> {
  private static final long serialVersionUID = 1L;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long count;
  private final double elementsPerSecond;
  private final int split;
  private final int splits;

  private PacedEvents(long count, double elementsPerSecond, int split, int splits) {
    this.count = count;
    this.elementsPerSecond = elementsPerSecond;
    this.split = split;
    this.splits = splits;
  }

  /**
   * The numbers from 0 to {@code count} - 1, each with the time at which it is due, in {@link
   * System#nanoTime}.
   *
   * @param elementsPerSecond infinite for as fast as they are taken: each is due when it is asked
   *     for
   */
  public static PacedEvents of(long count, double elementsPerSecond) {
    return new PacedEvents(count, elementsPerSecond, 0, 1);
  }

  @Override
  public List<PacedEvents> split(int desiredNumSplits, PipelineOptions options) {
    if (splits > 1) {
      return List.of(this);
    }
    List<PacedEvents> parts = new ArrayList<>();
    for (int i = 0; i < desiredNumSplits; i++) {
      parts.add(new PacedEvents(count, elementsPerSecond, i, desiredNumSplits));
    }
    return parts;
  }

  @Override
  public UnboundedReader<KV<Long, Long>> createReader(
      PipelineOptions options, @Nullable Position mark) {
    return new Reader(this, mark == null ? split : mark.next());
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return Position.CODER;
  }

  @Override
  public Coder<KV<Long, Long>> getOutputCoder() {
    return KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
  }

  private static final class Reader extends UnboundedReader<KV<Long, Long>> {
    private final PacedEvents source;
    private final boolean paced;
    private long next;

    /** How many steps of the run are done, and where the next one ends. */
    private int steps;

    private long stepEnd;
    private long nowNanos;
    private @Nullable KV<Long, Long> current;
    private Instant timestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;

    Reader(PacedEvents source, long next) {
      this.source = source;
      this.paced = Double.isFinite(source.elementsPerSecond);
      this.next = next;
      this.steps = (int) (next * Pace.STEPS / source.count);
      this.stepEnd = endOfStep();
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      current = null;
      if (next >= source.count) {
        return false;
      }
      long due = dueNanos(next);
      if (paced && due > nowNanos) {
        // Only who may be early asks the clock: while elements wait, they cost no look at it.
        nowNanos = System.nanoTime();
        if (due > nowNanos) {
          return false;
        }
      }
      current = KV.of(next, due);
      long millis = sinceStart(due);
      if (millis != timestamp.getMillis()) {
        timestamp = new Instant(millis);
      }
      next += source.splits;
      while (next >= stepEnd) {
        Pace.stepDone(++steps);
        stepEnd = endOfStep();
      }
      return true;
    }

    private long endOfStep() {
      return steps < Pace.STEPS ? (steps + 1) * source.count / Pace.STEPS : Long.MAX_VALUE;
    }

    private long dueNanos(long index) {
      return paced
          ? Pace.startNanos() + (long) (index * NANOS_PER_SECOND / source.elementsPerSecond)
          : System.nanoTime();
    }

    private static long sinceStart(long nanos) {
      return Math.floorDiv(nanos - Pace.startNanos(), NANOS_PER_MILLI);
    }

    @Override
    public KV<Long, Long> getCurrent() {
      if (current == null) {
        throw new NoSuchElementException("No element is due");
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return timestamp;
    }

    @Override
    public Instant getWatermark() {
      if (next >= source.count) {
        return BoundedWindow.TIMESTAMP_MAX_VALUE;
      }
      long now = System.nanoTime();
      long millis = sinceStart(paced ? Math.min(now, dueNanos(next)) : now);
      return millis == timestamp.getMillis() ? timestamp : new Instant(millis);
    }

    @Override
    public Position getCheckpointMark() {
      return new Position(next);
    }

    @Override
    public void close() {}

    @Override
    public UnboundedSource<KV<Long, Long>, ?> getCurrentSource() {
      return source;
    }
  }
}
