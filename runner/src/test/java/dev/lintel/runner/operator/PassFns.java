package dev.lintel.runner.operator;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
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

/**
 * Stateful DoFns that tell of each key what they get and what their state has, so that two runs can
 * be compared key by key. What they do depends on nothing but the key's own elements and timers.
 */
final class PassFns {
  private PassFns() {}

  static List<DoFn<KV<String, String>, KV<String, String>>> all() {
    return List.of(new Counting(), new Timing(), new Looping(), new Expiring(), new Sorting());
  }

  /** A value, a bag that grows, a map. */
  static final class Counting extends DoFn<KV<String, String>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @StateId("bag")
    private final StateSpec<BagState<String>> bagSpec = StateSpecs.bag(StringUtf8Coder.of());

    @StateId("map")
    private final StateSpec<MapState<String, Integer>> mapSpec =
        StateSpecs.map(StringUtf8Coder.of(), VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, String> element,
        BoundedWindow window,
        @StateId("count") ValueState<Integer> count,
        @StateId("bag") BagState<String> bag,
        @StateId("map") MapState<String, Integer> map,
        OutputReceiver<KV<String, String>> out) {
      int number = increment(count);
      bag.add(element.getValue());
      map.put(element.getValue(), number);
      out.output(
          KV.of(
              element.getKey(),
              number + " " + window + " " + text(bag) + map.get(element.getValue()).read()));
      if (number % 7 == 0) {
        bag.clear();
      }
    }
  }

  /** Timers of both domains, one with an output timestamp that holds the watermark. */
  static final class Timing extends DoFn<KV<String, String>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @StateId("bag")
    private final StateSpec<BagState<String>> bagSpec = StateSpecs.bag(StringUtf8Coder.of());

    @TimerId("event")
    private final TimerSpec eventSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("processing")
    private final TimerSpec processingSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, String> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("bag") BagState<String> bag,
        @TimerId("event") Timer event,
        @TimerId("processing") Timer processing) {
      bag.add(element.getValue());
      Instant at = timestamp.plus(Duration.millis(element.getValue().length() % 5));
      event.withOutputTimestamp(timestamp).set(earlier(at, window.maxTimestamp()));
      if (element.getValue().hashCode() % 3 == 0) {
        processing.offset(Duration.millis(5)).setRelative();
      }
    }

    @OnTimer("event")
    public void onEvent(
        @Key String key,
        @StateId("bag") BagState<String> bag,
        OutputReceiver<KV<String, String>> out) {
      out.output(KV.of(key, "event " + text(bag)));
    }

    @OnTimer("processing")
    public void onProcessing(
        @Key String key,
        @StateId("bag") BagState<String> bag,
        OutputReceiver<KV<String, String>> out) {
      out.output(KV.of(key, "processing " + text(bag)));
      bag.clear();
    }
  }

  /** A timer that sets itself again and again. */
  static final class Looping extends DoFn<KV<String, String>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @TimerId("loop")
    private final TimerSpec loopSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("count") ValueState<Integer> count,
        @TimerId("loop") Timer loop) {
      if (increment(count) == 1) {
        loop.set(earlier(timestamp.plus(Duration.millis(1)), window.maxTimestamp()));
      }
    }

    @OnTimer("loop")
    public void onLoop(
        @Key String key,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("count") ValueState<Integer> count,
        @TimerId("loop") Timer loop,
        OutputReceiver<KV<String, String>> out) {
      int number = increment(count);
      out.output(KV.of(key, "loop " + number));
      Instant next = timestamp.plus(Duration.millis(3));
      if (number < 6 && !next.isAfter(window.maxTimestamp())) {
        loop.set(next);
      }
    }
  }

  /** Puts out what it has when the window expires. */
  static final class Expiring extends DoFn<KV<String, String>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @StateId("bag")
    private final StateSpec<BagState<String>> bagSpec = StateSpecs.bag(StringUtf8Coder.of());

    @ProcessElement
    public void process(@Element KV<String, String> element, @StateId("bag") BagState<String> bag) {
      bag.add(element.getValue());
    }

    @OnWindowExpiration
    public void onExpiry(
        @Key String key,
        @StateId("bag") BagState<String> bag,
        OutputReceiver<KV<String, String>> out) {
      out.output(KV.of(key, "expired " + text(bag)));
    }
  }

  /** Gets its elements in the order of their timestamps. */
  static final class Sorting extends DoFn<KV<String, String>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(
        @Element KV<String, String> element,
        @Timestamp Instant timestamp,
        @StateId("count") ValueState<Integer> count,
        OutputReceiver<KV<String, String>> out) {
      out.output(KV.of(element.getKey(), increment(count) + " sorted " + timestamp.getMillis()));
    }
  }

  /** Adds numbers up. */
  static final class Summing extends DoFn<KV<Long, Integer>, KV<Long, Integer>> {
    private static final long serialVersionUID = 1L;

    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Long, Integer> element,
        @StateId("sum") ValueState<Integer> sum,
        OutputReceiver<KV<Long, Integer>> out) {
      Integer before = sum.read();
      int after = (before == null ? 0 : before) + element.getValue();
      sum.write(after);
      out.output(KV.of(element.getKey(), after));
    }
  }

  private static int increment(ValueState<Integer> count) {
    Integer before = count.read();
    int after = before == null ? 1 : before + 1;
    count.write(after);
    return after;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static String text(BagState<String> bag) {
    List<String> values = new ArrayList<>();
    bag.read().forEach(each -> values.add(each.length() > 8 ? each.length() + "…" : each));
    return values.toString();
  }
}
