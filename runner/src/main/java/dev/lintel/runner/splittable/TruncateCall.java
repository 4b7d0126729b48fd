package dev.lintel.runner.splittable;

import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.WindowedValue;

/** What {@code @TruncateRestriction} can ask for. */
final class TruncateCall extends RestrictionCall {
  private final DoFnInvoker<Object, Object> invoker;

  TruncateCall(
      CallSettings settings, WindowedValue<Object> element, DoFnInvoker<Object, Object> invoker) {
    super(settings, element);
    this.invoker = invoker;
  }

  @Override
  public RestrictionTracker<?, ?> restrictionTracker() {
    return invoker.invokeNewTracker(this);
  }
}
