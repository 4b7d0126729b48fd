package dev.lintel.runner.sideinput;

import java.util.Collections;
import java.util.List;

/** A list pane that memory holds. */
final class HeapListPane implements Pane.OfList {
  static final HeapListPane EMPTY = new HeapListPane(Origin.NONE, List.of());

  private final Origin origin;
  private final List<Object> elements;

  /**
   * @param elements not changed any more
   */
  HeapListPane(Origin origin, List<Object> elements) {
    this.origin = origin;
    this.elements = Collections.unmodifiableList(elements);
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public Iterable<?> elements() {
    return elements;
  }

  @Override
  public List<Object> get() {
    return elements;
  }
}
