package dev.lintel.runner.sideinput;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pane that grows: on the heap, until its store is short of room. <i>Ownership:</i> the thread of
 * the task that gathers it.
 */
public final class PaneBuilder {
  private final PaneStore store;
  private final PaneForm form;
  private final long number;
  private final String contentId;
  private List<Object> elements = new ArrayList<>();
  private long heapBytes;

  /** What takes the elements instead of the heap, from the first time that room was short on. */
  private @Nullable PaneWriter writer;

  PaneBuilder(PaneStore store, PaneForm form, long number, String contentId) {
    this.store = store;
    this.form = form;
    this.number = number;
    this.contentId = contentId;
  }

  /** Tells it from the store's other panes. */
  long number() {
    return number;
  }

  /** See {@link Pane.Origin#contentId}. */
  String contentId() {
    return contentId;
  }

  public void add(Object element) {
    if (writer != null) {
      writer.add(element);
      return;
    }
    elements.add(element);
    long bytes = store.heapBytes(element);
    heapBytes += bytes;
    store.grew(bytes);
  }

  /** The pane of all that was added. The builder takes nothing more. */
  public Pane finish() {
    return store.finish(this);
  }

  /** What the elements that the heap holds take there, about. */
  long heapBytes() {
    return heapBytes;
  }

  /** Gives the elements to a writer, which takes the later ones too. */
  void moveTo(PaneWriter to) {
    for (Object each : elements) {
      to.add(each);
    }
    writer = to;
    elements = List.of();
    heapBytes = 0;
  }

  @Nullable PaneWriter writer() {
    return writer;
  }

  Pane onHeap() {
    return form.onHeap(new Pane.Origin(contentId, heapBytes), elements);
  }
}
