package dev.lintel.state;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The first elements of a list that is only ever appended to: an unchanging view of what it held at
 * one moment, without a copy.
 */
final class ListPrefix<T extends @Nullable Object> extends AbstractList<T> implements RandomAccess {
  private final List<T> elements;
  private final int size;

  ListPrefix(List<T> elements) {
    this.elements = elements;
    this.size = elements.size();
  }

  @Override
  public T get(int index) {
    return elements.get(Objects.checkIndex(index, size));
  }

  @Override
  public int size() {
    return size;
  }
}
