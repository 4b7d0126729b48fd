package dev.lintel.validates.differential.pipeline;

import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** DoFns whose results depend on the order in which the elements of a key come. */
final class OrderedFns {
  private static final String SUM = "sum";
  private static final String TIMER = "timer";

  private OrderedFns() {}

  private static long add(ValueState<Long> sum, long value) {
    Long before = sum.read();
    long after = (before == null ? 0 : before) + value;
    sum.write(after);
    return after;
  }

  private static KV<String, Long> taken(String key, ValueState<Long> sum) {
    Long value = sum.read();
    sum.clear();
    return KV.of(key, value == null ? -1 : value);
  }

  static final class Running extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(SUM)
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(SUM) ValueState<Long> sum,
        OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(element.getKey(), add(sum, element.getValue())));
    }
  }

  static final class Sorted extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(SUM)
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(SUM) ValueState<Long> sum,
        OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(element.getKey(), add(sum, element.getValue())));
    }
  }

  static final class Resetting extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(SUM)
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timerSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    private final Duration delay;

    Resetting(Duration delay) {
      this.delay = delay;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId(SUM) ValueState<Long> sum,
        @TimerId(TIMER) Timer timer) {
      add(sum, element.getValue());
      Instant time = timestamp.plus(delay);
      if (element.getValue() % 3 == 0) {
        timer.clear();
      } else {
        timer.set(time.isAfter(window.maxTimestamp()) ? window.maxTimestamp() : time);
      }
    }

    @OnTimer(TIMER)
    public void onTimer(
        @Key String key, @StateId(SUM) ValueState<Long> sum, OutputReceiver<KV<String, Long>> out) {
      out.output(taken(key, sum));
    }
  }

  static final class ProcessingTime extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(SUM)
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timerSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    private final Duration delay;

    ProcessingTime(Duration delay) {
      this.delay = delay;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(SUM) ValueState<Long> sum,
        @TimerId(TIMER) Timer timer) {
      add(sum, element.getValue());
      timer.offset(delay).setRelative();
    }

    @OnTimer(TIMER)
    public void onTimer(
        @Key String key, @StateId(SUM) ValueState<Long> sum, OutputReceiver<KV<String, Long>> out) {
      out.output(taken(key, sum));
    }
  }
}
