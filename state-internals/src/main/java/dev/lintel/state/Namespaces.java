package dev.lintel.state;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowAndTriggerNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;

/**
 * What is asked of namespaces: their equality, without the two structural values that Beam builds
 * for each comparison of windows (apache/beam#33145), and when they end.
 */
final class Namespaces {
  private Namespaces() {}

  static boolean same(StateNamespace a, StateNamespace b) {
    if (a == b) {
      return true;
    }
    if (a instanceof WindowNamespace<?> x && b instanceof WindowNamespace<?> y) {
      BoundedWindow window = x.getWindow();
      if (window.equals(y.getWindow())) {
        return true;
      }
      if (window instanceof IntervalWindow || window instanceof GlobalWindow) {
        return false; // Their equality is that of their coders.
      }
    }
    return a.equals(b);
  }

  /** The last timestamp of a namespace's window; that of all time if it has none. */
  static long endMillis(StateNamespace namespace) {
    if (namespace instanceof WindowNamespace<?> ofWindow) {
      return ofWindow.getWindow().maxTimestamp().getMillis();
    }
    return namespace instanceof WindowAndTriggerNamespace<?> ofTrigger
        ? ofTrigger.getWindow().maxTimestamp().getMillis()
        : Long.MAX_VALUE;
  }
}
