package dev.lintel.translation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;

/** DoFns that are translated, never run. */
final class TestFns {
  private TestFns() {}

  /** Each element as it is. */
  static final class Same<T> extends DoFn<T, T> {
    @ProcessElement
    public void process(@Element T element, OutputReceiver<T> out) {
      out.output(element);
    }
  }

  /** Keyed by its text. */
  static final class ToKv extends DoFn<String, KV<String, Integer>> {
    @ProcessElement
    public void process(@Element String element, OutputReceiver<KV<String, Integer>> out) {
      out.output(KV.of(element, element.length()));
    }
  }

  /** One cell of state. */
  static final class Stateful extends DoFn<KV<String, Integer>, KV<String, Integer>> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sum = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("sum") ValueState<Integer> state,
        OutputReceiver<KV<String, Integer>> out) {
      state.write(element.getValue());
      out.output(element);
    }
  }

  /** A timer and no state. */
  static final class WithTimer extends DoFn<KV<String, Integer>, String> {
    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@TimerId("end") Timer timer) {
      timer.withOutputTimestamp(timer.getCurrentRelativeTime());
    }

    @OnTimer("end")
    public void onEnd(OutputReceiver<String> out) {
      out.output("end");
    }
  }

  /** No state of its own, but the runner needs some to sort. */
  static final class TimeSorted extends DoFn<KV<String, Integer>, String> {
    @ProcessElement
    @RequiresTimeSortedInput
    public void process(@Element KV<String, Integer> element, OutputReceiver<String> out) {
      out.output(element.getKey());
    }
  }

  /** A side input that the DoFn names. */
  static final class NamedSideInput extends DoFn<String, String> {
    @ProcessElement
    public void process(
        @Element String element,
        @SideInput("lengths") Map<String, Integer> lengths,
        OutputReceiver<String> out) {
      out.output(element + lengths.get(element));
    }
  }

  /** A DoFn with restrictions. */
  static final class Splittable extends DoFn<String, String> {
    @ProcessElement
    public void process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      if (tracker.tryClaim(0L)) {
        out.output(element);
      }
    }

    @GetInitialRestriction
    public OffsetRange restriction(@Element String element) {
      return new OffsetRange(0, 1);
    }
  }

  /** A coder whose toString tells nothing but where it lies in memory. */
  static final class AnonymousStringCoder extends CustomCoder<String> {
    @Override
    public void encode(String value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value, out);
    }

    @Override
    public String decode(InputStream in) throws IOException {
      return StringUtf8Coder.of().decode(in);
    }
  }
}
