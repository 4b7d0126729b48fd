package dev.lintel.runner.operator;

import dev.lintel.runner.waiting.ElementQueue;
import dev.lintel.runner.waiting.WaitingElements;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.translation.plan.Collection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * The input of a DoFn that has to be the same after any restart ({@code @RequiresStableInput}): it
 * waits in the task's state until a checkpoint that has it is complete.
 *
 * <p>What comes between two barriers is a round: elements, a queue for each key group, and how far
 * the clocks were at the barrier. A mark behind the round's elements in each queue says so. When
 * the checkpoint is complete, the round is released: its elements, a chunk a bundle, and then the
 * timers that are due by its clocks. So neither the elements nor their order, bundles, lateness or
 * timers depend on when the checkpoint was complete, or on whether that happened before or after a
 * restart.
 *
 * <pre>
 * queue of a group:   e1 e2 | e3 | mark 7 | e4 | mark 8 | e5        7 and 8 are checkpoints
 *                     released        waits for 8   waits for a barrier
 * </pre>
 *
 * <p>If the job is rescaled, rounds of the same number become one, with the earlier of the clocks.
 *
 * <p><i>Ownership:</i> one operator of one task. <i>Invariants:</i> all elements hold the watermark
 * until they are taken.
 */
final class StableInput {
  private static final String STATE_ID = "$stable input";
  private static final byte[] NO_NAME = {};

  private final String transform;
  private final OperatorContext context;
  private final Coder<WindowedValue<Object>> coder;
  private final Map<Integer, ElementQueue> queues = new TreeMap<>();
  private final Deque<Round> rounds = new ArrayDeque<>();
  private @Nullable WaitingElements elementsOfState;
  private boolean grown;
  private long lastNumber = Long.MIN_VALUE;
  private Clocks last = new Clocks(Reached.NOTHING, Timestamps.MIN_MILLIS);

  /** What is behind a round's elements in each queue. */
  private record Round(long number, long checkpoint, Clocks clocks) {
    static final long RELEASED = Long.MIN_VALUE;
  }

  /**
   * How far the clocks are at a barrier.
   *
   * @param nowMillis the processing time that the round's elements see
   * @param dueMillis the processing time up to which timers fire behind them: the same, or the end
   *     of time if there is nothing to wait for
   * @param eventMillis the input watermark up to which timers fire
   */
  record Reached(long nowMillis, long dueMillis, long eventMillis) {
    /** Of a DoFn that has no timers. */
    static final Reached NOTHING =
        new Reached(Timestamps.MIN_MILLIS, Timestamps.MIN_MILLIS, Timestamps.MIN_MILLIS);
  }

  /**
   * The clocks of a round.
   *
   * @param eventBeforeMillis the input watermark that its elements see: that of the round before
   */
  record Clocks(Reached reached, long eventBeforeMillis) {
    Clocks min(Clocks other) {
      return new Clocks(
          new Reached(
              Math.min(reached.nowMillis, other.reached.nowMillis),
              Math.min(reached.dueMillis, other.reached.dueMillis),
              Math.min(reached.eventMillis, other.reached.eventMillis)),
          Math.min(eventBeforeMillis, other.eventBeforeMillis));
    }
  }

  @SuppressWarnings("unchecked")
  private StableInput(String transform, Collection input, OperatorContext context) {
    this.transform = transform;
    this.context = context;
    this.coder =
        WindowedValues.getFullCoder(
            (Coder<Object>) input.coder(),
            (Coder<BoundedWindow>) input.windowing().getWindowFn().windowCoder());
  }

  /** Null if the DoFn doesn't ask for it, or there are no checkpoints that could give it. */
  static @Nullable StableInput of(
      DoFnSignature signature, String transform, Collection input, OperatorContext context) {
    return context.checkpointed() && StableInputRequirement.isMadeBy(signature)
        ? new StableInput(transform, input, context)
        : null;
  }

  private WaitingElements elements() {
    WaitingElements elements = elementsOfState;
    if (elements == null) {
      elements = new WaitingElements(context.state(), transform, STATE_ID, coder, context.holds());
      elementsOfState = elements;
    }
    return elements;
  }

  private ElementQueue queue(EncodedKey key) {
    int keyGroup = KeyGroups.groupOf(key, context.state().maxParallelism());
    return queues.computeIfAbsent(keyGroup, any -> elements().newQueue(keyGroup, NO_NAME));
  }

  // ---- what waits ----

  /**
   * @param key decides the group; null for an element without a key
   */
  void add(WindowedValue<Object> element, @Nullable EncodedKey key) {
    queue(key == null ? context.slotKey() : key).add(element);
    grown = true;
  }

  /**
   * At a barrier: what has come belongs to this checkpoint.
   *
   * @param timersAreDue by these clocks, whether or not there are elements
   */
  void endRound(long checkpoint, Reached reached, boolean timersAreDue) {
    if (grown || timersAreDue || !rounds.isEmpty()) {
      Clocks clocks = new Clocks(reached, last.reached.eventMillis);
      Round round = new Round(Math.max(checkpoint, lastNumber + 1), checkpoint, clocks);
      lastNumber = round.number;
      last = clocks;
      byte[] mark = encode(round);
      queues.values().removeIf(ElementQueue::isEmpty);
      if (!grown) {
        queue(context.slotKey()).addMark(mark);
      }
      for (ElementQueue each : queues.values()) {
        if (each.endsWithElements()) {
          each.addMark(mark);
        }
      }
      rounds.add(round);
      grown = false;
    }
  }

  /** Finds again what waited: a complete checkpoint has it. */
  void restore() {
    Map<Long, Clocks> found = new TreeMap<>();
    for (ElementQueue queue : elements().restored()) {
      queues.put(queue.keyGroup(), queue);
      for (byte[] mark : queue.marks()) {
        Round round = decode(mark);
        found.merge(round.number, round.clocks, Clocks::min);
      }
    }
    found.forEach(
        (number, clocks) -> {
          rounds.add(new Round(number, Round.RELEASED, clocks));
          lastNumber = number;
          last = clocks;
        });
  }

  /** See {@link Reached#dueMillis}: of the last round. */
  long lastDueMillis() {
    return last.reached.dueMillis;
  }

  /** A checkpoint is complete, and all before it. */
  void checkpointCompleted(long checkpoint) {
    int size = rounds.size();
    for (int i = 0; i < size; i++) {
      Round round = rounds.remove();
      rounds.add(
          round.checkpoint <= checkpoint
              ? new Round(round.number, Round.RELEASED, round.clocks)
              : round);
    }
  }

  /** Elements wait, or a round is not at its end. */
  boolean isEmpty() {
    return !grown && rounds.isEmpty();
  }

  // ---- what is released ----

  boolean hasReleased() {
    Round first = rounds.peek();
    return first != null && first.checkpoint == Round.RELEASED;
  }

  private Round released() {
    Round first = rounds.peek();
    if (first == null || first.checkpoint != Round.RELEASED) {
      throw new IllegalStateException("Expected stable input of " + transform + " to be released");
    }
    return first;
  }

  /** Of the round that is being released. */
  Clocks clocks() {
    return released().clocks;
  }

  /** The elements of the next bundle of the round; null if it has no further. */
  @Nullable List<WindowedValue<Object>> takeBundle() {
    long number = released().number;
    for (ElementQueue queue : queues.values()) {
      byte[] mark = queue.nextMark();
      if (mark == null && !queue.isEmpty() && isOfRound(queue, number)) {
        return queue.take();
      }
    }
    return null;
  }

  private static boolean isOfRound(ElementQueue queue, long number) {
    List<byte[]> marks = queue.marks();
    return !marks.isEmpty() && decode(marks.get(0)).number == number;
  }

  /** The round that was released is done with, timers and all. */
  void endRelease() {
    long number = rounds.remove().number;
    for (ElementQueue queue : queues.values()) {
      byte[] mark = queue.nextMark();
      if (mark != null && decode(mark).number == number) {
        queue.take();
      }
    }
  }

  private static byte[] encode(Round round) {
    return new ByteWriter()
        .fixed64(round.number)
        .orderedLong(round.clocks.reached.nowMillis)
        .orderedLong(round.clocks.reached.dueMillis)
        .orderedLong(round.clocks.reached.eventMillis)
        .orderedLong(round.clocks.eventBeforeMillis)
        .toBytes();
  }

  private static Round decode(byte[] mark) {
    ByteReader in = new ByteReader(mark);
    return new Round(
        in.fixed64(),
        Round.RELEASED,
        new Clocks(
            new Reached(in.orderedLong(), in.orderedLong(), in.orderedLong()), in.orderedLong()));
  }
}
