package dev.lintel.runner.sideinput;

import java.util.Collections;
import java.util.List;

/** A list pane that memory holds. */
final class HeapListPane implements Pane.OfList {
  static final HeapListPane EMPTY = new HeapListPane(List.of());

  private final List<Object> elements;

  /**
   * @param elements not changed any more
   */
  HeapListPane(List<Object> elements) {
    this.elements = Collections.unmodifiableList(elements);
  }

  @Override
  public List<Object> get() {
    return elements;
  }
}
