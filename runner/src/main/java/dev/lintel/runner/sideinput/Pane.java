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
  Origin origin();

  /** What was gathered: {@code KV}s, if values are looked up by key. In no certain order then. */
  Iterable<?> elements();

  /**
   * What is known of a pane beside its content.
   *
   * @param contentId tells it from every other pane of any life of any job
   * @param bytes about
   */
  record Origin(String contentId, long bytes) {
    /** Of what is never stored. */
    static final Origin NONE = new Origin("", 0);
  }

  /** A pane that is read as a whole. */
  non-sealed interface OfList extends Pane, IterableView<Object> {}

  /** A pane of {@code KV}s in which values are looked up by key. */
  non-sealed interface OfMultimap extends Pane, MultimapView<Object, Object> {}
}
