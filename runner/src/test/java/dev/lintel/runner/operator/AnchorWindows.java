package dev.lintel.runner.operator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Merging windows that become shorter, as bids have windows of their own until their auction comes.
 * Time has blocks, and one element of three is an anchor, with a window that begins with its block;
 * the others wait for four blocks, or else merge into the window of the anchor of theirs.
 */
final class AnchorWindows extends WindowFn<Object, IntervalWindow> {
  private static final long serialVersionUID = 1L;
  private final long blockMillis;
  private final long anchorMillis;

  /**
   * @param anchorMillis how long the window of an anchor is, at most a block; if it is shorter, some
   *     elements are behind its end, for which Beam has no timestamp at the end of the window
   */
  AnchorWindows(long blockMillis, long anchorMillis) {
    this.blockMillis = blockMillis;
    this.anchorMillis = anchorMillis;
  }

  @Override
  public Collection<IntervalWindow> assignWindows(AssignContext context) {
    if (isAnchor(context.element())) {
      Instant start = new Instant(startOf(context.timestamp().getMillis()));
      return List.of(new IntervalWindow(start, start.plus(anchorMillis)));
    }
    return List.of(new IntervalWindow(context.timestamp(), Duration.millis(4 * blockMillis)));
  }

  static boolean isAnchor(Object element) {
    return Math.floorMod(String.valueOf(element).hashCode(), 3) == 0;
  }

  private long startOf(long millis) {
    return millis - Math.floorMod(millis, blockMillis);
  }

  private boolean isAnchor(IntervalWindow window) {
    return window.end().getMillis() - window.start().getMillis() == anchorMillis;
  }

  @Override
  public void mergeWindows(MergeContext context) throws Exception {
    Map<Long, IntervalWindow> anchors = new HashMap<>();
    for (IntervalWindow window : context.windows()) {
      if (isAnchor(window)) {
        anchors.put(window.start().getMillis(), window);
      }
    }
    Map<IntervalWindow, List<IntervalWindow>> parts = new HashMap<>();
    for (IntervalWindow window : context.windows()) {
      IntervalWindow anchor = anchors.get(startOf(window.start().getMillis()));
      if (anchor != null && !isAnchor(window)) {
        parts.computeIfAbsent(anchor, any -> new ArrayList<>(List.of(any))).add(window);
      }
    }
    for (Map.Entry<IntervalWindow, List<IntervalWindow>> each : parts.entrySet()) {
      context.merge(each.getValue(), each.getKey());
    }
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof AnchorWindows;
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException("not read as a side input");
  }
}
