package dev.lintel.benchmarks.latency;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Keys;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.WrongResultException;
import dev.lintel.benchmarks.source.Pace;
import dev.lintel.benchmarks.source.PacedEvents;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Counts the elements of each key in windows of a second, at a part of the highest throughput.
 *
 * <p>Two latencies are measured. <b>Element</b>: of each sixteenth element, from the time at which
 * it was due at the source until a stateful DoFn has it, behind the fused DoFns and an exchange by
 * key. (The others cross no exchange: they are counted before it.) <b>Window</b>: of each result,
 * from the end of its window by the clock, which the source's watermark passes when the first
 * element of the next one is due, until the DoFn behind the count has it.
 *
 * <p>The runs of the warm-up offer as many elements as are taken: the best rate of a run's second
 * half is the highest throughput. The measured run is paced to a part of it, and has as many
 * elements as are due in its time, whatever the rate: a fast runner and a slow one take the same
 * number of checkpoints in it. Only what is due after the first third of a paced run is measured,
 * which has the first checkpoint, and the JIT compiler's answer to it. A run that is not paced (no
 * warm-up, no rate given) measures what latency is under overload, and has the elements of the
 * work.
 */
public final class WindowLatency implements BenchmarkCase {
  /** Of so many elements the latency of one is measured. */
  private static final int PROBE_EVERY = 16;

  private static final Duration WINDOW = Duration.standardSeconds(1);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double PERCENT = 100;

  private final int percent;

  /** Of the runs that were not paced. */
  private double bestPerSecond;

  /** Zero until the warm-up is over. */
  private double highestPerSecond;

  private double offeredPerSecond;
  private long elementsOffered;

  private WindowLatency(int percent) {
    this.percent = percent;
  }

  public static List<BenchmarkCase> all() {
    return List.of(new WindowLatency(50), new WindowLatency(90));
  }

  @Override
  public String name() {
    return "latency-" + percent;
  }

  @Override
  public String title() {
    return "Count per window and key at " + percent + " % of the highest throughput";
  }

  @Override
  public List<Work> works() {
    return List.of(Work.cyclic(20_000_000, 10_000));
  }

  @Override
  public long elements(Work work) {
    return elementsOffered;
  }

  @Override
  public boolean unbounded() {
    return true;
  }

  /** Options are registered here and not with the class, since that costs every run's start-up. */
  @Override
  public void prepare(Work work) {
    PipelineOptionsFactory.register(PaceOptions.class);
    Keys.of(work).warm();
    Pace.reset();
    Latencies.reset();
  }

  @Override
  public void warmedUp() {
    highestPerSecond = bestPerSecond;
  }

  private double rate(@Nullable Double given) {
    if (given != null) {
      return given;
    }
    return highestPerSecond > 0 ? highestPerSecond * percent / PERCENT : Double.POSITIVE_INFINITY;
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    PaceOptions options = pipeline.getOptions().as(PaceOptions.class);
    offeredPerSecond = rate(options.getOfferedPerSecond());
    boolean paced = Double.isFinite(offeredPerSecond);
    double seconds = paced ? options.getPacedSeconds() : 0;
    elementsOffered = paced ? Math.max(1, (long) (seconds * offeredPerSecond)) : work.elements();
    long skippedNanos = (long) (seconds / 3 * NANOS_PER_SECOND);
    long endNanos = paced ? (long) (seconds * NANOS_PER_SECOND) : Long.MAX_VALUE;
    KvCoder<Long, Long> coder = KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
    PCollection<KV<Long, Long>> elements =
        pipeline.apply("Elements", Read.from(PacedEvents.of(elementsOffered, offeredPerSecond)));
    elements
        .apply("Probes", ParDo.of(new KeyedFn(Keys.of(work), PROBE_EVERY)))
        .setCoder(coder)
        .apply("Arrival", ParDo.of(new ArrivalFn(skippedNanos)));
    elements
        .apply("Keys", ParDo.of(new KeyedFn(Keys.of(work), 1)))
        .setCoder(coder)
        .apply("Window", Window.into(FixedWindows.of(WINDOW)))
        .apply("Count", Count.perKey())
        .apply("Results", ParDo.of(new WindowResultFn(skippedNanos, endNanos)));
  }

  @Override
  public int check(Work work) {
    if (Latencies.ELEMENT.count() == 0) {
      throw new WrongResultException("Expected latencies of elements, but none was measured");
    }
    Double perSecond = Pace.elementsPerSecond(elementsOffered);
    if (perSecond != null && !Double.isFinite(offeredPerSecond)) {
      bestPerSecond = Math.max(bestPerSecond, perSecond);
    }
    long probes = (elementsOffered + PROBE_EVERY - 1) / PROBE_EVERY;
    return Tally.expect(ArrivalFn.ARRIVED, probes)
        + Tally.expect(WindowResultFn.COUNTED, elementsOffered);
  }

  @Override
  public Map<String, Double> measures(Work work) {
    Map<String, Double> measures = new TreeMap<>();
    if (Double.isFinite(offeredPerSecond)) {
      measures.put("offered/s", offeredPerSecond);
    }
    Latencies.ELEMENT.tell(measures);
    Latencies.WINDOW.tell(measures);
    return measures;
  }
}
