package dev.lintel.runner.splittable;

import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;

/** What {@code @SplitRestriction} can ask for; what it outputs are the parts. */
final class SplitCall extends RestrictionCall {
  private final DoFnInvoker<Object, Object> invoker;
  private final Consumer<Object> parts;

  SplitCall(
      CallSettings settings,
      WindowedValue<Object> element,
      Object whole,
      DoFnInvoker<Object, Object> invoker,
      Consumer<Object> parts) {
    super(settings, element);
    this.restriction = whole;
    this.invoker = invoker;
    this.parts = parts;
  }

  @Override
  public RestrictionTracker<?, ?> restrictionTracker() {
    return invoker.invokeNewTracker(this);
  }

  @Override
  public OutputReceiver<Object> outputReceiver(DoFn<Object, Object> doFn) {
    return new OutputReceiver<>() {
      @Override
      public OutputBuilder<Object> builder(Object part) {
        return WindowedValues.<Object>builder(element)
            .withValue(part)
            .setReceiver(each -> parts.accept(each.getValue()));
      }
    };
  }
}
