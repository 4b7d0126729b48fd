package dev.lintel.runner.simulation;

import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** The user code of simulated pipelines. What each means is said by {@link Block}. */
final class Steps {
  private Steps() {}

  static long mix(Iterable<Long> values) {
    long mixed = 17;
    List<Long> sorted = StreamSupport.stream(values.spliterator(), false).sorted().toList();
    for (long each : sorted) {
      mixed = (mixed * 31 + each) & 0xFFFF_FFFFL;
    }
    return mixed;
  }

  /** Two for each, under different keys. */
  static final class Twice extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Long, Long> element, OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      output.output(element);
      output.output(KV.of((element.getKey() + 1) % Log.KEYS, element.getValue() * 2 + 1));
    }
  }

  /** The key becomes another one. */
  static final class Rekey extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Long, Long> element, OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      output.output(KV.of(element.getValue() % Log.KEYS, element.getValue()));
    }
  }

  /** What was grouped becomes one value. */
  static final class MixGroup extends DoFn<KV<Long, Iterable<Long>>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<Long>> group, OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      output.output(KV.of(group.getKey(), mix(group.getValue())));
    }
  }

  /** What was grouped becomes single values again, whatever the panes were. */
  static final class Ungroup extends DoFn<KV<Long, Iterable<Long>>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<Long>> group, OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      group.getValue().forEach(value -> output.output(KV.of(group.getKey(), value)));
    }
  }

  /** Lets only those panes through that have all. */
  static final class OnTimePanes extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Long, Long> sum, PaneInfo pane, OutputReceiver<KV<Long, Long>> output) {
      if (pane.getTiming() == PaneInfo.Timing.ON_TIME) {
        output.output(sum);
      }
    }
  }

  /** Counts up, per key. */
  static final class Count extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      output.output(KV.of(element.getKey(), now));
    }
  }

  /** Gathers until the window's end. */
  static final class AtWindowEnd extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @StateId("values")
    private final StateSpec<BagState<Long>> valuesSpec = StateSpecs.bag(VarLongCoder.of());

    @StateId("key")
    private final StateSpec<ValueState<Long>> keySpec = StateSpecs.value(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        BoundedWindow window,
        @StateId("values") BagState<Long> values,
        @StateId("key") ValueState<Long> key,
        @TimerId("end") Timer end) {
      World.get().stumble();
      values.add(element.getValue());
      key.write(element.getKey());
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void atEnd(
        @StateId("values") BagState<Long> values,
        @StateId("key") ValueState<Long> key,
        OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      output.output(KV.of(key.read(), mix(values.read())));
      values.clear();
    }
  }

  /** Keeps elements back for a while of processing time. */
  static final class Delay extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;
    private static final int DELAY_MILLIS = 7;

    /** By timestamp and value. */
    @StateId("waiting")
    private final StateSpec<BagState<KV<Long, Long>>> waitingSpec =
        StateSpecs.bag(SimulatedSource.CODER);

    @StateId("key")
    private final StateSpec<ValueState<Long>> keySpec = StateSpecs.value(VarLongCoder.of());

    @StateId("earliest")
    private final StateSpec<ValueState<Long>> earliestSpec = StateSpecs.value(VarLongCoder.of());

    @TimerId("flush")
    private final TimerSpec flushSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @Override
    @SuppressWarnings("deprecation")
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Integer.MAX_VALUE);
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        @StateId("waiting") BagState<KV<Long, Long>> waiting,
        @StateId("key") ValueState<Long> key,
        @StateId("earliest") ValueState<Long> earliest,
        @TimerId("flush") Timer flush) {
      World.get().stumble();
      waiting.add(KV.of(timestamp.getMillis(), element.getValue()));
      key.write(element.getKey());
      Long before = earliest.read();
      long now = before == null ? timestamp.getMillis() : Math.min(before, timestamp.getMillis());
      earliest.write(now);
      flush
          .withOutputTimestamp(new Instant(now))
          .offset(Duration.millis(DELAY_MILLIS))
          .setRelative();
    }

    @OnTimer("flush")
    public void flush(
        @StateId("waiting") BagState<KV<Long, Long>> waiting,
        @StateId("key") ValueState<Long> key,
        @StateId("earliest") ValueState<Long> earliest,
        OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      waiting
          .read()
          .forEach(
              each ->
                  output.outputWithTimestamp(
                      KV.of(key.read(), each.getValue()), new Instant(each.getKey())));
      waiting.clear();
      earliest.clear();
    }
  }

  /** Adds what the other input has. */
  static final class AddSideInput extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Long> side;

    AddSideInput(PCollectionView<Long> side) {
      this.side = side;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      World.get().stumble();
      KV<Long, Long> element = context.element();
      context.output(KV.of(element.getKey(), element.getValue() + context.sideInput(side)));
    }
  }

  /** A few for each, with pauses between them. */
  @DoFn.UnboundedPerElement
  static final class Expand extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @GetInitialRestriction
    public OffsetRange restriction(@Element KV<Long, Long> element) {
      return new OffsetRange(0, 1 + element.getValue() % 3);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element KV<Long, Long> element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        output.output(KV.of(element.getKey(), element.getValue() * 3 + i));
        if (World.get().random().nextInt(3) == 0) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(2));
        }
      }
      return ProcessContinuation.stop();
    }
  }

  /** Makes each attempt at an element unlike the others. */
  static final class AddNonce extends DoFn<KV<Long, Long>, KV<Long, KV<Long, Long>>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, OutputReceiver<KV<Long, KV<Long, Long>>> output) {
      long nonce = World.get().random().nextInt(1 << 30);
      output.output(KV.of(element.getKey(), KV.of(element.getValue(), nonce)));
    }
  }

  /** Tells a system that has to be told the same again, if it is told again. */
  static final class TakeStable extends DoFn<KV<Long, KV<Long, Long>>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    @RequiresStableInput
    public void process(
        @Element KV<Long, KV<Long, Long>> element, OutputReceiver<KV<Long, Long>> output) {
      World.get().stumble();
      World.get().takeStable(element.getValue().getKey(), element.getValue().getValue());
      output.output(KV.of(element.getKey(), element.getValue().getKey()));
    }
  }

  /** Registers a finalizer for each. */
  static final class WithFinalizer extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        OutputReceiver<KV<Long, Long>> output,
        BundleFinalizer finalizer) {
      World.get().stumble();
      long value = element.getValue();
      World.get().processedWithFinalizer(value);
      finalizer.afterBundleCommit(
          BoundedWindow.TIMESTAMP_MAX_VALUE, () -> World.get().finalizedBundleOf(value));
      output.output(element);
    }
  }
}
