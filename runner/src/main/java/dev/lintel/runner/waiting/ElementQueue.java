package dev.lintel.runner.waiting;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Elements that wait, in the order in which they came, cut into chunks of a bounded size: what is
 * in a chunk stays together, whatever happens. Between chunks there may be marks, which mean
 * something to the caller.
 *
 * <p><i>Ownership:</i> one operator of one task.
 */
public final class ElementQueue {
  /** Elements in a chunk, at most. */
  public static final int CHUNK_ELEMENTS_MAX = 1_000;

  /** A chunk ends with the element that reaches this size. */
  private static final int CHUNK_BYTES_MAX = 1 << 20;

  private final WaitingElements all;
  private final int keyGroup;
  private final byte[] name;

  /** The chunks and marks in the store. */
  private final Deque<Head> heads = new ArrayDeque<>();

  /** The number of the first of {@link #heads}. */
  private long firstNumber;

  /** The last chunk, which is not in the store yet. */
  private @Nullable ByteWriter growing;

  private int growingElements;
  private long growingEarliestMillis;

  /**
   * What memory has of a chunk or mark.
   *
   * @param mark null for a chunk of elements
   */
  record Head(long earliestMillis, byte @Nullable [] mark) {}

  ElementQueue(WaitingElements all, int keyGroup, byte[] name, long firstNumber) {
    this.all = all;
    this.keyGroup = keyGroup;
    this.name = name;
    this.firstNumber = firstNumber;
  }

  static Head elements(long earliestMillis) {
    return new Head(earliestMillis, null);
  }

  static Head mark(byte[] mark) {
    return new Head(Long.MAX_VALUE, mark);
  }

  /** The store has this behind what was found before. */
  void found(Head head) {
    if (head.mark == null) {
      all.holds().holdAdded(head.earliestMillis);
    }
    heads.add(head);
  }

  public int keyGroup() {
    return keyGroup;
  }

  public byte[] name() {
    return name;
  }

  boolean isNamed(byte[] other) {
    return Arrays.equals(name, other);
  }

  public boolean isEmpty() {
    return heads.isEmpty() && growing == null;
  }

  /** Whether elements have been added since the last mark. */
  public boolean endsWithElements() {
    return growing != null || (!heads.isEmpty() && heads.getLast().mark == null);
  }

  public void add(WindowedValue<Object> element) {
    ByteWriter out = growing;
    long millis = element.getTimestamp().getMillis();
    if (out == null) {
      out = new ByteWriter();
      growing = out;
      growingElements = 0;
      growingEarliestMillis = millis;
      all.holds().holdAdded(millis);
      all.began(this);
    } else if (millis < growingEarliestMillis) {
      all.holds().holdAdded(millis);
      all.holds().holdRemoved(growingEarliestMillis);
      growingEarliestMillis = millis;
    }
    int before = out.size();
    all.coding().encode(element, out);
    growingElements++;
    all.grew(out.size() - before);
    if (growingElements == CHUNK_ELEMENTS_MAX || out.size() >= CHUNK_BYTES_MAX) {
      closeChunk();
    }
  }

  /** Puts a mark behind what was added so far. */
  public void addMark(byte[] mark) {
    closeChunk();
    append(mark(mark), new ByteWriter());
  }

  /** Moves the growing chunk, if there is one, to the store. */
  void closeChunk() {
    ByteWriter elements = growing;
    if (elements != null) {
      growing = null;
      all.ended(this, elements.size());
      append(elements(growingEarliestMillis), elements);
    }
  }

  private void append(Head head, ByteWriter elements) {
    all.write(this, firstNumber + heads.size(), head, elements);
    heads.add(head);
  }

  /** The mark that comes next; null if elements do, or nothing. */
  public byte @Nullable [] nextMark() {
    Head next = heads.peek();
    return next == null ? null : next.mark;
  }

  /** All marks in their order. */
  public List<byte[]> marks() {
    List<byte[]> marks = new ArrayList<>();
    for (Head each : heads) {
      if (each.mark != null) {
        marks.add(each.mark);
      }
    }
    return marks;
  }

  /**
   * Takes the first chunk of elements, or the first mark, out; the hold goes with it. A mark gives
   * no elements.
   */
  public List<WindowedValue<Object>> take() {
    Head head = heads.poll();
    if (head == null) {
      return takeGrowing();
    }
    ByteReader content = all.take(this, firstNumber++);
    if (head.mark != null) {
      return List.of();
    }
    all.holds().holdRemoved(head.earliestMillis);
    return all.coding().decode(content);
  }

  private List<WindowedValue<Object>> takeGrowing() {
    ByteWriter elements = growing;
    if (elements == null) {
      throw new IllegalStateException("Expected elements to wait, but the queue is empty");
    }
    growing = null;
    all.ended(this, elements.size());
    all.holds().holdRemoved(growingEarliestMillis);
    return all.coding().decode(new ByteReader(elements.array(), 0, elements.size()));
  }
}
