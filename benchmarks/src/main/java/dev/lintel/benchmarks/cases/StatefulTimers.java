package dev.lintel.benchmarks.cases;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Case (d): a count per key in a value state; the key's first element sets an event-time timer,
 * which gives the count out.
 *
 * <p>The timers are due a day after their elements, that is after all input on every runner: with
 * them, no runner can forget a key before the end.
 */
final class StatefulTimers implements BenchmarkCase {
  private static final Duration DELAY = Duration.standardDays(1);

  @Override
  public String name() {
    return "stateful";
  }

  @Override
  public String title() {
    return "stateful DoFn, a value state and a timer per key";
  }

  @Override
  public List<Work> works() {
    return List.of(
        Work.cyclic(10_000_000, 100_000),
        Work.zipf(10_000_000, 100_000),
        Work.cyclic(10_000_000, 5_000_000),
        Work.zipf(10_000_000, 5_000_000));
  }

  @Override
  public void prepare(Work work) {
    Keys.of(work).warm();
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    pipeline
        .apply("Numbers", Numbers.upTo(work.elements()))
        .apply("Key", ParDo.of(new KeyFn(Keys.of(work))))
        .apply("Remember", ParDo.of(new RememberFn()))
        .apply("Count", ParDo.of(new CountFn()));
  }

  @Override
  public int check(Work work) {
    return KeyedResult.check(work);
  }

  private static final class RememberFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value();

    @TimerId("due")
    private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        @StateId("count") ValueState<Long> count,
        @TimerId("due") Timer due) {
      Long before = count.read();
      if (before == null) {
        due.set(timestamp.plus(DELAY));
        before = 0L;
      }
      count.write(before + element.getValue());
    }

    @OnTimer("due")
    public void onDue(
        @Key Long key,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(key, count.read()));
      count.clear();
    }
  }
}
