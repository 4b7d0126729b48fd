package dev.lintel.runner.exchange;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroups;
import dev.lintel.translation.plan.Partitioning;
import java.util.ArrayDeque;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The producer's side of one exchange: chooses the channel of each element, gathers batches, and
 * keeps what a full channel refuses until it takes it.
 *
 * <p><i>Ownership:</i> one task. <i>Invariants:</i> frames of one channel leave in the order in
 * which they came; while {@link #isBlocked()}, the task takes no input, so that what waits here is
 * bounded by what one piece of input makes; past {@link #OVERFLOW_MAX} frames {@link #emit} itself
 * waits through {@link BackPressure}.
 */
public final class Outbox {
  /** Elements in a batch. */
  static final int BATCH_MAX = 256;

  /** Frames that may wait here for one channel before {@link #emit} waits. */
  static final int OVERFLOW_MAX = 64;

  private final Partitioning partitioning;
  private final @Nullable KeyEncoder keyEncoder;
  private final int maxParallelism;
  private final int toOneSlot;
  private final Lane[] lanes;
  private final BackPressure backPressure;
  private int next;

  /**
   * How the task's thread waits for a consumer when a single element makes more output than may
   * wait.
   */
  public interface BackPressure {
    /** Returns after a while, or when a channel has room; throws if the task was cancelled. */
    void await();
  }

  /**
   * @param channels to the consumer tasks by slot; one for {@link Partitioning#FORWARD}
   * @param keyEncoder for {@link Partitioning#BY_KEY}
   * @param producerSlot where {@link Partitioning#REBALANCE} begins its turn
   */
  public Outbox(
      Partitioning partitioning,
      Channel[] channels,
      @Nullable KeyEncoder keyEncoder,
      int maxParallelism,
      int producerSlot,
      BackPressure backPressure) {
    this.partitioning = partitioning;
    this.keyEncoder = keyEncoder;
    this.maxParallelism = maxParallelism;
    this.backPressure = backPressure;
    boolean keyed = partitioning == Partitioning.BY_KEY || partitioning == Partitioning.TO_ONE;
    lanes = new Lane[channels.length];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = new Lane(channels[i], keyed);
    }
    next = producerSlot % lanes.length;
    toOneSlot =
        KeyGroups.slotOf(
            KeyGroups.groupOf(EncodedKey.EMPTY, maxParallelism), maxParallelism, lanes.length);
  }

  public void emit(WindowedValue<?> element) {
    switch (partitioning) {
      case FORWARD -> add(lanes[0], element, null);
      case REBALANCE -> {
        add(lanes[next], element, null);
        next = next + 1 == lanes.length ? 0 : next + 1;
      }
      case BY_KEY -> emit(element, encodeKey(element));
      case TO_ONE -> add(lanes[toOneSlot], element, EncodedKey.EMPTY);
      case BROADCAST -> {
        for (Lane lane : lanes) {
          add(lane, element, null);
        }
      }
    }
  }

  /** An element of a {@link Partitioning#BY_KEY} exchange whose key has been encoded already. */
  public void emit(WindowedValue<?> element, EncodedKey key) {
    int slot =
        lanes.length == 1
            ? 0
            : KeyGroups.slotOf(
                KeyGroups.groupOf(key, maxParallelism), maxParallelism, lanes.length);
    add(lanes[slot], element, key);
  }

  private EncodedKey encodeKey(WindowedValue<?> element) {
    if (keyEncoder == null || !(element.getValue() instanceof KV<?, ?> kv)) {
      throw new IllegalStateException(
          "Expected a KV on an exchange by key, but found " + element.getValue());
    }
    return keyEncoder.encode(kv.getKey());
  }

  private void add(Lane lane, WindowedValue<?> element, @Nullable EncodedKey key) {
    if (lane.add(element, key)) {
      lane.wake();
      while (lane.overflow.size() > OVERFLOW_MAX) {
        backPressure.await();
        lane.drain();
        lane.wake();
      }
    }
  }

  /** Sends a frame that is not of elements to every consumer, behind what was emitted before. */
  public void broadcast(Frame frame) {
    for (Lane lane : lanes) {
      lane.flush();
      lane.send(frame);
    }
  }

  /**
   * Wakes the consumers that something was handed to since the last call: once, when all that
   * belongs together is there, so that a consumer which is woken at once finds the watermark behind
   * the elements.
   */
  public void wakeConsumers() {
    for (Lane lane : lanes) {
      lane.wake();
    }
  }

  /** Hands over what has been gathered. */
  public void flush() {
    for (Lane lane : lanes) {
      lane.flush();
    }
  }

  /** Tries again to hand over what was refused. */
  public void drain() {
    for (Lane lane : lanes) {
      lane.drain();
    }
  }

  /** Some frame waits here for room in its channel. */
  public boolean isBlocked() {
    for (Lane lane : lanes) {
      if (!lane.overflow.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Element frames handed to channels so far, for the detection of quiescence. */
  public long framesSent() {
    long sum = 0;
    for (Lane lane : lanes) {
      sum += lane.sent;
    }
    return sum;
  }

  /** One channel with its growing batch and its refused frames. */
  private static final class Lane {
    private final Channel channel;
    private final boolean keyed;
    private final ArrayDeque<Frame> overflow = new ArrayDeque<>();
    private Frame.@Nullable Elements batch;
    private int capacity = 16;
    private long sent;
    private boolean wakeDue;

    Lane(Channel channel, boolean keyed) {
      this.channel = channel;
      this.keyed = keyed;
    }

    /** True if a batch was handed over. */
    boolean add(WindowedValue<?> element, @Nullable EncodedKey key) {
      Frame.Elements open = batch;
      if (open == null) {
        open = new Frame.Elements(capacity, keyed);
        batch = open;
      }
      open.add(element, key);
      if (open.isFull()) {
        capacity = Math.min(capacity * 2, BATCH_MAX);
        flush();
        return true;
      }
      return false;
    }

    void flush() {
      Frame.Elements open = batch;
      if (open != null) {
        batch = null;
        if (!open.isFull()) {
          capacity = Math.max(16, Integer.highestOneBit(open.size()) * 2);
        }
        send(open);
      }
    }

    void send(Frame frame) {
      sent++;
      wakeDue = true;
      if (!overflow.isEmpty() || !channel.offer(frame)) {
        overflow.add(frame);
      }
    }

    void drain() {
      Frame frame;
      while ((frame = overflow.peek()) != null && channel.offer(frame)) {
        overflow.remove();
        wakeDue = true;
      }
    }

    void wake() {
      if (wakeDue) {
        wakeDue = false;
        channel.wakeConsumer();
      }
    }
  }
}
