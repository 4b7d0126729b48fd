package dev.lintel.state;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;

/**
 * Equality of namespaces, without the two structural values that Beam builds for each comparison of
 * windows (apache/beam#33145).
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
}
