package dev.lintel.validates.differential.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;

/**
 * DoFns that keep the values of a key and window in one kind of state each, whatever their order,
 * and give what they have when the window ends.
 */
final class EndOfWindowFns {
  private static final String TIMER = "end";
  private static final String STATE = "kept";

  private EndOfWindowFns() {}

  static final class OfValue extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(STATE) ValueState<Long> kept,
        @TimerId(TIMER) Timer end,
        BoundedWindow window) {
      Long sum = kept.read();
      kept.write(element.getValue() + (sum == null ? 0 : sum));
      end.set(window.maxTimestamp());
    }

    @OnTimer(TIMER)
    public void onEnd(
        @Key String key,
        @StateId(STATE) ValueState<Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      Long sum = kept.read();
      out.output(KV.of(key, sum == null ? -1 : sum));
    }
  }

  static final class OfBag extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<BagState<Long>> spec = StateSpecs.bag(VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(STATE) BagState<Long> kept,
        @TimerId(TIMER) Timer end,
        BoundedWindow window) {
      kept.add(element.getValue());
      end.set(window.maxTimestamp());
    }

    @OnTimer(TIMER)
    public void onEnd(
        @Key String key,
        @StateId(STATE) BagState<Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(key, Digest.of(kept.read())));
      kept.clear();
    }
  }

  static final class OfCombining extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<CombiningState<Long, long[], Long>> spec =
        StateSpecs.combining(Sum.ofLongs());

    @TimerId(TIMER)
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(STATE) CombiningState<Long, long[], Long> kept,
        @TimerId(TIMER) Timer end,
        BoundedWindow window) {
      kept.add(element.getValue());
      end.set(window.maxTimestamp());
    }

    @OnTimer(TIMER)
    public void onEnd(
        @Key String key,
        @StateId(STATE) CombiningState<Long, long[], Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(key, kept.read()));
    }
  }

  static final class OfSet extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<SetState<Long>> spec = StateSpecs.set(VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(STATE) SetState<Long> kept,
        @TimerId(TIMER) Timer end,
        BoundedWindow window) {
      kept.add(element.getValue() % 10);
      end.set(window.maxTimestamp());
    }

    @OnTimer(TIMER)
    public void onEnd(
        @Key String key,
        @StateId(STATE) SetState<Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      boolean seven = Boolean.TRUE.equals(kept.contains(7L).read());
      kept.remove(3L);
      out.output(KV.of(key, Digest.of(kept.read()) + (seven ? 1_000_000 : 0)));
    }
  }

  static final class OfMap extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<MapState<Long, Long>> spec =
        StateSpecs.map(VarLongCoder.of(), VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(STATE) MapState<Long, Long> kept,
        @TimerId(TIMER) Timer end,
        BoundedWindow window) {
      long group = element.getValue() % 3;
      Long sum = kept.get(group).read();
      kept.put(group, element.getValue() + (sum == null ? 0 : sum));
      end.set(window.maxTimestamp());
    }

    @OnTimer(TIMER)
    public void onEnd(
        @Key String key,
        @StateId(STATE) MapState<Long, Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      List<Long> entries = new ArrayList<>();
      for (Map.Entry<Long, Long> entry : kept.entries().read()) {
        entries.add(1_000 * entry.getKey() + entry.getValue());
      }
      kept.remove(1L);
      out.output(KV.of(key, Digest.of(entries) + Digest.of(kept.keys().read())));
    }
  }

  static final class OfMultimap extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<MultimapState<Long, Long>> spec =
        StateSpecs.multimap(VarLongCoder.of(), VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(STATE) MultimapState<Long, Long> kept,
        @TimerId(TIMER) Timer end,
        BoundedWindow window) {
      kept.put(element.getValue() % 3, element.getValue());
      end.set(window.maxTimestamp());
    }

    @OnTimer(TIMER)
    public void onEnd(
        @Key String key,
        @StateId(STATE) MultimapState<Long, Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      List<Long> entries = new ArrayList<>();
      for (Map.Entry<Long, Long> entry : kept.entries().read()) {
        entries.add(1_000 * entry.getKey() + entry.getValue());
      }
      kept.remove(1L);
      out.output(KV.of(key, Digest.of(entries) + Digest.of(kept.keys().read())));
    }
  }

  static final class OfOrderedList extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<OrderedListState<Long>> spec =
        StateSpecs.orderedList(VarLongCoder.of());

    @TimerId(TIMER)
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @Timestamp Instant timestamp,
        @StateId(STATE) OrderedListState<Long> kept,
        @TimerId(TIMER) Timer end,
        BoundedWindow window) {
      kept.add(TimestampedValue.of(element.getValue(), timestamp));
      end.set(window.maxTimestamp());
    }

    @OnTimer(TIMER)
    public void onEnd(
        @Key String key,
        BoundedWindow window,
        @StateId(STATE) OrderedListState<Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      List<Long> early = new ArrayList<>();
      Instant middle = new Instant(20_000);
      kept.readRange(BoundedWindow.TIMESTAMP_MIN_VALUE, middle)
          .forEach(entry -> early.add(entry.getValue()));
      kept.clearRange(BoundedWindow.TIMESTAMP_MIN_VALUE, middle);
      List<Long> rest = new ArrayList<>();
      kept.read().forEach(entry -> rest.add(entry.getValue()));
      out.output(KV.of(key, Digest.of(early) + 2 * Digest.of(rest)));
    }
  }

  static final class OfFamily extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<BagState<Long>> spec = StateSpecs.bag(VarLongCoder.of());

    @SuppressWarnings("UnusedVariable") // Beam finds it by its annotation
    @TimerFamily(TIMER)
    private final TimerSpec timers = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId(STATE) BagState<Long> kept,
        @TimerFamily(TIMER) TimerMap ends,
        BoundedWindow window) {
      kept.add(element.getValue());
      ends.set(element.getValue() % 2 == 0 ? "even" : "odd", window.maxTimestamp());
    }

    @OnTimerFamily(TIMER)
    public void onEnd(
        @Key String key,
        @TimerId String id,
        @StateId(STATE) BagState<Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      long parity = "even".equals(id) ? 0 : 1;
      List<Long> values = new ArrayList<>();
      kept.read()
          .forEach(
              value -> {
                if (value % 2 == parity) {
                  values.add(value);
                }
              });
      out.output(KV.of(key, Digest.of(values)));
    }
  }

  static final class OnExpiry extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId(STATE)
    private final StateSpec<BagState<Long>> spec = StateSpecs.bag(VarLongCoder.of());

    @ProcessElement
    public void process(@Element KV<String, Long> element, @StateId(STATE) BagState<Long> kept) {
      kept.add(element.getValue());
    }

    @OnWindowExpiration
    public void onExpiry(
        @Key String key,
        @StateId(STATE) BagState<Long> kept,
        OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(key, Digest.of(kept.read())));
    }
  }
}
