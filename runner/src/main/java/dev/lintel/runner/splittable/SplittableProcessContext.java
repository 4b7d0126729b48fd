package dev.lintel.runner.splittable;

import java.util.Collection;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.TimestampObservingWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The process context of a splittable DoFn: the element, and outputs that count towards the slice
 * and are shown to an estimator that wants to see timestamps.
 */
final class SplittableProcessContext extends DoFn<Object, Object>.ProcessContext {
  private final CallSettings settings;
  private final WindowedValue<Object> element;
  private final Slice slice;
  private @Nullable TimestampObservingWatermarkEstimator<?> observer;

  SplittableProcessContext(CallSettings settings, WindowedValue<Object> element, Slice slice) {
    settings.fn().super();
    this.settings = settings;
    this.element = element;
    this.slice = slice;
  }

  void observe(WatermarkEstimator<?> estimator) {
    observer =
        estimator instanceof TimestampObservingWatermarkEstimator<?> observing ? observing : null;
  }

  @Override
  public Object element() {
    return element.getValue();
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // A view may well have a null for its value.
  public <T> T sideInput(PCollectionView<T> view) {
    return (T) settings.sideInput(view, element.getWindows().iterator().next());
  }

  @Override
  public Instant timestamp() {
    return element.getTimestamp();
  }

  @Override
  public PaneInfo pane() {
    return element.getPaneInfo();
  }

  @Override
  public @Nullable String currentRecordId() {
    return element.getRecordId();
  }

  @Override
  public @Nullable Long currentRecordOffset() {
    return element.getRecordOffset();
  }

  @Override
  public CausedByDrain causedByDrain() {
    return element.causedByDrain();
  }

  @Override
  public PipelineOptions getPipelineOptions() {
    return settings.options();
  }

  @Override
  public void output(Object output) {
    output(settings.outputs().mainTag(), output);
  }

  @Override
  public void outputWithTimestamp(Object output, Instant timestamp) {
    outputWithTimestamp(settings.outputs().mainTag(), output, timestamp);
  }

  @Override
  public void outputWindowedValue(
      Object output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo paneInfo) {
    outputWindowedValue(settings.outputs().mainTag(), output, timestamp, windows, paneInfo);
  }

  @Override
  public void outputWindowedValue(WindowedValue<Object> output) {
    outputWindowedValue(settings.outputs().mainTag(), output);
  }

  @Override
  public <T> void output(TupleTag<T> tag, T output) {
    outputWithTimestamp(tag, output, element.getTimestamp());
  }

  @Override
  public <T> void outputWithTimestamp(TupleTag<T> tag, T output, Instant timestamp) {
    outputWindowedValue(tag, output, timestamp, element.getWindows(), element.getPaneInfo());
  }

  @Override
  public <T> void outputWindowedValue(
      TupleTag<T> tag,
      T output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo paneInfo) {
    outputWindowedValue(tag, WindowedValues.of(output, timestamp, windows, paneInfo));
  }

  @Override
  public <T> void outputWindowedValue(TupleTag<T> tag, WindowedValue<T> output) {
    slice.countOutput();
    if (observer != null) {
      observer.observeTimestamp(output.getTimestamp());
    }
    settings.outputs().receiver().output(tag, output);
  }
}
