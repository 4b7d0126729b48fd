package dev.lintel.runner.sideinput;

import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;

/**
 * What a side input holds in one window, as one firing gathered it: the primitive view that Beam's
 * view functions are applied to, an {@link IterableView} or a {@link MultimapView}.
 *
 * <p>Immutable. One task makes it, and the tasks that read it share it by reference: any thread may
 * read it at any time, each iterator is its caller's own.
 */
public sealed interface Pane {
  /** A pane that is read as a whole. */
  non-sealed interface OfList extends Pane, IterableView<Object> {}

  /** A pane of {@code KV}s in which values are looked up by key. */
  non-sealed interface OfMultimap extends Pane, MultimapView<Object, Object> {}
}
