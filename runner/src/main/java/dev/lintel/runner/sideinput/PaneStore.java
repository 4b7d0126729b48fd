package dev.lintel.runner.sideinput;

import dev.lintel.translation.plan.Collection;
import org.apache.beam.sdk.coders.Coder;

/**
 * Makes the panes of one side input. <i>Ownership:</i> the thread of the task that gathers them.
 */
public final class PaneStore {
  private final Coder<Object> coder;
  private final boolean byKey;

  @SuppressWarnings("unchecked")
  public PaneStore(Collection input, boolean byKey) {
    this.coder = (Coder<Object>) input.coder();
    this.byKey = byKey;
  }

  public PaneBuilder begin() {
    return new PaneBuilder(coder, byKey);
  }

  /** A pane of all these elements, which are read now. */
  public Pane paneOf(Iterable<?> elements) {
    PaneBuilder builder = begin();
    elements.forEach(builder::add);
    return builder.finish();
  }
}
