package dev.lintel.runner.operator;

import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Elements in the windows that a window function gives them. */
final class RandomElements {
  private RandomElements() {}

  /** At {@code millis}, or the first moment behind that has a window. */
  static <T> WindowedValue<T> assign(WindowFn<?, ?> windowFn, T value, long millis) {
    WindowedValue<T> element = null;
    for (long i = millis; element == null; i++) {
      element = assignAt(windowFn, value, new Instant(i));
    }
    return element;
  }

  @SuppressWarnings("unchecked")
  private static <T> @Nullable WindowedValue<T> assignAt(
      WindowFn<?, ?> windowFn, T value, Instant timestamp) {
    WindowFn<Object, BoundedWindow> fn = (WindowFn<Object, BoundedWindow>) windowFn;
    try {
      Collection<? extends BoundedWindow> windows =
          fn.assignWindows(
              fn.new AssignContext() {
                @Override
                public Object element() {
                  return value;
                }

                @Override
                public Instant timestamp() {
                  return timestamp;
                }

                @Override
                public BoundedWindow window() {
                  throw new UnsupportedOperationException("no function here asks for it");
                }
              });
      return windows.isEmpty()
          ? null
          : WindowedValues.of(value, timestamp, windows, PaneInfo.NO_FIRING);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
