package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;

/**
 * Which elements a stateful DoFn would not get because they come too late, by the rules of {@code
 * StatefulDoFnRunner}: for those that are set aside, and are not late any more when their pass
 * comes.
 */
final class LateElements {
  private final KeyedOperator operator;
  private final Lateness lateness;
  private final Duration allowed;
  private final boolean sortsInput;

  LateElements(ParDo spec, DoFnSignature signature, KeyedOperator operator) {
    this.operator = operator;
    this.lateness =
        new Lateness(
            spec.input().windowing(),
            operator.context.metrics().container(spec.transform()),
            MetricName.named(
                StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER));
    this.allowed = spec.input().windowing().getAllowedLateness();
    this.sortsInput = signature.processElement().requiresTimeSortedInput();
  }

  /** The windows in which an element is not late now; the others are counted as dropped. */
  Collection<? extends BoundedWindow> windowsInTime(WindowedValue<?> element) {
    Collection<? extends BoundedWindow> windows = element.getWindows();
    long watermarkMillis = operator.timers.currentInputWatermarkTime().getMillis();
    if (watermarkMillis == Timestamps.MIN_MILLIS) {
      return windows;
    }
    boolean unsorted =
        sortsInput && element.getTimestamp().plus(allowed).getMillis() < watermarkMillis;
    List<BoundedWindow> inTime = new ArrayList<>(windows.size());
    for (BoundedWindow window : windows) {
      long expiryMillis = unsorted ? Timestamps.MIN_MILLIS : lateness.expiryMillis(window);
      if (!lateness.drops(expiryMillis, watermarkMillis)) {
        inTime.add(window);
      }
    }
    return inTime;
  }
}
