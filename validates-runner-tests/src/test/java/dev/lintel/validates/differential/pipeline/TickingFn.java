package dev.lintel.validates.differential.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
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
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * A looping timer that starts a unit after the earliest element and fires n times, each time giving
 * the values from before its own time.
 *
 * <p>Its result is determined as long as nothing is late: when the timer fires, all elements from
 * before its time are there, and a timer that would have to move to an earlier element has not
 * fired yet.
 */
final class TickingFn extends DoFn<KV<String, Long>, KV<String, Long>> {
  @StateId("values")
  private final StateSpec<BagState<TimestampedValue<Long>>> valuesSpec =
      StateSpecs.bag(TimestampedValue.TimestampedValueCoder.of(VarLongCoder.of()));

  @StateId("earliest")
  private final StateSpec<ValueState<Instant>> earliestSpec = StateSpecs.value(InstantCoder.of());

  @StateId("fired")
  private final StateSpec<ValueState<Integer>> firedSpec = StateSpecs.value(VarIntCoder.of());

  @TimerId("tick")
  private final TimerSpec tickSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  private final int ticks;
  private final Duration period;
  private final boolean held;

  TickingFn(int ticks, Duration period, boolean held) {
    this.ticks = ticks;
    this.period = period;
    this.held = held;
  }

  @ProcessElement
  public void process(
      @Element KV<String, Long> element,
      @Timestamp Instant timestamp,
      BoundedWindow window,
      @StateId("values") BagState<TimestampedValue<Long>> values,
      @StateId("earliest") ValueState<Instant> earliest,
      @TimerId("tick") Timer tick) {
    values.add(TimestampedValue.of(element.getValue(), timestamp));
    Instant before = earliest.read();
    if (before == null || timestamp.isBefore(before)) {
      earliest.write(timestamp);
      set(tick, timestamp, timestamp, window);
    }
  }

  @OnTimer("tick")
  public void onTick(
      OnTimerContext context,
      @Key String key,
      BoundedWindow window,
      @StateId("values") BagState<TimestampedValue<Long>> values,
      @StateId("earliest") ValueState<Instant> earliest,
      @StateId("fired") ValueState<Integer> fired,
      @TimerId("tick") Timer tick) {
    Instant time = context.fireTimestamp();
    List<Long> before = new ArrayList<>();
    for (TimestampedValue<Long> value : values.read()) {
      if (value.getTimestamp().isBefore(time)) {
        before.add(value.getValue());
      }
    }
    Integer countBefore = fired.read();
    int count = 1 + (countBefore == null ? 0 : countBefore);
    fired.write(count);
    context.output(KV.of(key, Digest.of(before)));
    Instant first = earliest.read();
    if (count < ticks && time.isBefore(window.maxTimestamp()) && first != null) {
      set(tick, time, first, window);
    }
  }

  private void set(Timer tick, Instant last, Instant first, BoundedWindow window) {
    Instant next = last.plus(period);
    Instant time = next.isAfter(window.maxTimestamp()) ? window.maxTimestamp() : next;
    if (held) {
      tick.withOutputTimestamp(first).set(time);
    } else {
      tick.set(time);
    }
  }
}
