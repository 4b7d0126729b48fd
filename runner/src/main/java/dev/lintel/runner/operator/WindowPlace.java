package dev.lintel.runner.operator;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** A window with what is computed once for all its elements: where its state is, and its times. */
final class WindowPlace {
  final BoundedWindow window;
  final StateNamespace namespace;

  /** The last timestamp that belongs to the window. */
  final long endMillis;

  /** The last moment at which it takes late elements. */
  final long expiryMillis;

  WindowPlace(BoundedWindow window, Coder<BoundedWindow> windowCoder, long expiryMillis) {
    this.window = window;
    this.namespace = StateNamespaces.window(windowCoder, window);
    this.endMillis = window.maxTimestamp().getMillis();
    this.expiryMillis = expiryMillis;
  }
}
