package dev.lintel.runner.splittable;

import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a method of a splittable DoFn can ask for that makes a restriction, a tracker or an
 * estimator.
 */
class RestrictionCall extends DoFnInvoker.BaseArgumentProvider<Object, Object> {
  final CallSettings settings;
  final WindowedValue<Object> element;
  @Nullable Object restriction;
  @Nullable Object estimatorState;

  RestrictionCall(CallSettings settings, WindowedValue<Object> element) {
    this.settings = settings;
    this.element = element;
  }

  @Override
  public String getErrorContext() {
    return "a method of the splittable DoFn " + settings.fn().getClass().getName();
  }

  @Override
  public Object element(DoFn<Object, Object> doFn) {
    return element.getValue();
  }

  @Override
  public Instant timestamp(DoFn<Object, Object> doFn) {
    return element.getTimestamp();
  }

  /** A DoFn that asks for it gets one window at a time. */
  @Override
  public BoundedWindow window() {
    return element.getWindows().iterator().next();
  }

  @Override
  public PaneInfo paneInfo(DoFn<Object, Object> doFn) {
    return element.getPaneInfo();
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return settings.options();
  }

  @Override
  public @Nullable Object sideInput(String tag) {
    return settings.sideInput(settings.view(tag), window());
  }

  @Override
  public @Nullable Object schemaElement(int index) {
    return settings
        .schemaInformation()
        .getElementConverters()
        .get(index)
        .apply(cast(element.getValue()));
  }

  @SuppressWarnings("unchecked")
  private static <T> T cast(Object value) {
    return (T) value;
  }

  @Override
  public Object restriction() {
    if (restriction == null) {
      throw new IllegalStateException("Expected a restriction in " + getErrorContext());
    }
    return restriction;
  }

  @Override
  public @Nullable Object watermarkEstimatorState() {
    return estimatorState;
  }
}
