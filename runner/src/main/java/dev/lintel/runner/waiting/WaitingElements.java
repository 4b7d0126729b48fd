package dev.lintel.runner.waiting;

import dev.lintel.state.HoldListener;
import dev.lintel.state.StoredPart;
import dev.lintel.state.TaskState;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * The elements of one operator in one task that wait, in queues. A queue has a name and belongs to
 * a key group, with which it moves when the job is rescaled; so a task finds all queues of its
 * groups again, whoever filled them.
 *
 * <pre>
 * chunk:  keyGroup:2 | stateNumber:4 | length, name | number:8  ->  kind:1 | earliest:8 | content
 * </pre>
 *
 * <p><i>Ownership:</i> one operator of one task. <i>Invariants:</i> each chunk holds the watermark at its earliest element. <i>Limits:</i>
 * {@value #GROWING_BYTES_MAX} bytes of chunks that are not in the store yet. <i>Failure:</i> see
 * {@link OrderedStore}.
 */
public final class WaitingElements implements StoredPart {
  private static final int GROWING_BYTES_MAX = 16 << 20;

  private static final int BATCH_BYTES_MAX = 1 << 20;

  private static final byte ELEMENTS = 0;
  private static final byte MARK = 1;

  private final OrderedStore store;
  private final Batch batch;
  private final int stateNumber;
  private final ElementCoding coding;
  private final HoldListener holds;
  private final Set<ElementQueue> growing = new LinkedHashSet<>();
  private final List<ElementQueue> restored = new ArrayList<>();
  private final ByteWriter keyBuffer = new ByteWriter();
  private final ByteWriter valueBuffer = new ByteWriter();
  private long growingBytes;

  /**
   * Opens what the store has, and attaches it to the state.
   *
   * @param id tells it from other state of the same transform
   * @param holds hears of what the elements hold
   */
  public WaitingElements(
      TaskState state,
      String transform,
      String id,
      Coder<WindowedValue<Object>> coder,
      HoldListener holds) {
    this.store = state.store();
    this.batch = store.batch();
    this.stateNumber = state.stateNumber(transform, id);
    this.coding = new ElementCoding(coder, transform);
    this.holds = holds;
    for (int group = state.keyGroups().first(); group < state.keyGroups().end(); group++) {
      findQueues(group);
    }
    state.attach(this);
  }

  private void findQueues(int keyGroup) {
    byte[] prefix = StateKeyLayout.start(keyBuffer, keyGroup, stateNumber).toBytes();
    ElementQueue last = null;
    try (Cursor cursor = store.scan(prefix, StateKeyLayout.endOf(prefix))) {
      while (cursor.next()) {
        ByteReader key = new ByteReader(cursor.key());
        key.fixed16();
        key.fixed32();
        byte[] name = key.lengthPrefixed();
        long number = key.fixed64();
        if (last == null || !last.isNamed(name)) {
          last = new ElementQueue(this, keyGroup, name, number);
          restored.add(last);
        }
        ByteReader value = new ByteReader(cursor.value());
        boolean isMark = value.read() == MARK;
        long earliestMillis = value.orderedLong();
        last.found(isMark ? ElementQueue.mark(value.rest()) : ElementQueue.elements(earliestMillis));
      }
    }
  }

  /** The queues that the store had when this was opened. */
  public List<ElementQueue> restored() {
    return List.copyOf(restored);
  }

  /** A queue that is empty, and that the store does not have. */
  public ElementQueue newQueue(int keyGroup, byte[] name) {
    return new ElementQueue(this, keyGroup, name, 0);
  }

  @Override
  public void flush() {
    List.copyOf(growing).forEach(ElementQueue::closeChunk);
    batch.commit();
  }

  /** There is never much: chunks that are full have been written. */
  @Override
  public boolean flushSome(int entriesMax) {
    return false;
  }

  @Override
  public int unwritten() {
    return growing.size();
  }

  // ---- for the queues ----

  ElementCoding coding() {
    return coding;
  }

  HoldListener holds() {
    return holds;
  }

  void began(ElementQueue queue) {
    growing.add(queue);
  }

  void grew(long bytes) {
    growingBytes += bytes;
    if (growingBytes > GROWING_BYTES_MAX) {
      flush();
    }
  }

  /** A queue's growing chunk is not in memory any more. */
  void ended(ElementQueue queue, long bytes) {
    growing.remove(queue);
    growingBytes -= bytes;
  }

  void write(ElementQueue queue, long number, ElementQueue.Head head, ByteWriter elements) {
    byte[] mark = head.mark();
    valueBuffer.reset().write(mark == null ? ELEMENTS : MARK);
    valueBuffer.orderedLong(head.earliestMillis());
    if (mark == null) {
      valueBuffer.bytes(elements);
    } else {
      valueBuffer.bytes(mark);
    }
    batch.put(key(queue, number), valueBuffer);
    if (batch.bytes() > BATCH_BYTES_MAX) {
      batch.commit();
    }
  }

  /** The content of a chunk of elements, which is then no longer in the store. */
  ByteReader take(ElementQueue queue, long number) {
    batch.commit();
    byte[] key = key(queue, number).toBytes();
    byte[] value =
        Objects.requireNonNull(store.get(key), "Expected a chunk of elements that wait in the store");
    store.delete(key);
    ByteReader in = new ByteReader(value);
    in.read();
    in.orderedLong();
    return in;
  }

  private ByteWriter key(ElementQueue queue, long number) {
    return StateKeyLayout.start(keyBuffer, queue.keyGroup(), stateNumber)
        .lengthPrefixed(queue.name())
        .fixed64(number);
  }
}
