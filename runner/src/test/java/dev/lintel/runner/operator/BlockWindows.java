package dev.lintel.runner.operator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.IncompatibleWindowException;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.joda.time.Instant;

/**
 * Merging windows that are no sessions: an element has two windows of ten milliseconds, one for its
 * time and one fifty later; windows in the same block of a hundred milliseconds merge, however far
 * apart they are.
 */
final class BlockWindows extends WindowFn<Object, IntervalWindow> {
  private static final long serialVersionUID = 1L;
  private static final long BLOCK_MILLIS = 100;

  @Override
  public Collection<IntervalWindow> assignWindows(AssignContext context) {
    return List.of(window(context.timestamp()), window(context.timestamp().plus(50)));
  }

  private static IntervalWindow window(Instant timestamp) {
    return new IntervalWindow(timestamp, timestamp.plus(10));
  }

  @Override
  public void mergeWindows(MergeContext context) throws Exception {
    Map<Long, List<IntervalWindow>> blocks = new TreeMap<>();
    for (IntervalWindow window : context.windows()) {
      blocks
          .computeIfAbsent(window.start().getMillis() / BLOCK_MILLIS, any -> new ArrayList<>())
          .add(window);
    }
    for (List<IntervalWindow> block : blocks.values()) {
      if (block.size() > 1) {
        context.merge(block, block.stream().reduce(IntervalWindow::span).orElseThrow());
      }
    }
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof BlockWindows;
  }

  @Override
  public void verifyCompatibility(WindowFn<?, ?> other) throws IncompatibleWindowException {
    if (!isCompatible(other)) {
      throw new IncompatibleWindowException(other, "only with itself");
    }
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException("Expected no side inputs of these windows");
  }
}
