package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator.AssignWindows;
import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code Window.into}: gives each element the windows that the window function assigns. */
final class AssignWindowsOperator implements StreamOperator {
  private final String transform;
  private final OperatorContext context;
  private final WindowFn<Object, BoundedWindow> windowFn;
  private final Output output;

  @SuppressWarnings("unchecked")
  AssignWindowsOperator(AssignWindows spec, OperatorContext context, Output output) {
    this.transform = spec.transform();
    this.context = context;
    this.windowFn = (WindowFn<Object, BoundedWindow>) spec.windowFn();
    this.output = output;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    for (WindowedValue<Object> each : ((WindowedValue<Object>) element).explodeWindows()) {
      Collection<BoundedWindow> windows;
      try {
        windows = windowFn.assignWindows(assignContext(each));
      } catch (Exception | Error e) {
        throw context.fail(transform, "assigning windows", e);
      }
      output.emit(
          WindowedValues.of(each.getValue(), each.getTimestamp(), windows, each.getPaneInfo()));
    }
  }

  private WindowFn<Object, BoundedWindow>.AssignContext assignContext(
      WindowedValue<Object> element) {
    BoundedWindow window = element.getWindows().iterator().next();
    return windowFn.new AssignContext() {
      @Override
      public Object element() {
        return element.getValue();
      }

      @Override
      public Instant timestamp() {
        return element.getTimestamp();
      }

      @Override
      public BoundedWindow window() {
        return window;
      }
    };
  }
}
