package dev.lintel.runner.exchange;

import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/** A {@link Channel} between two threads of one process: a bounded queue of references. */
public final class LocalChannel implements Channel {
  /**
   * Frames that may wait in a channel; with full batches {@code FRAMES_MAX * Outbox.BATCH_MAX}
   * elements.
   */
  static final int FRAMES_MAX = 16;

  private final SpscArrayQueue<Frame> queue = new SpscArrayQueue<>(FRAMES_MAX);
  private final Waker producer;
  private final Waker consumer;

  /** Set by the producer when it found the channel full, read and cleared by the consumer. */
  private volatile boolean producerBlocked;

  public LocalChannel(Waker producer, Waker consumer) {
    this.producer = producer;
    this.consumer = consumer;
  }

  @Override
  public boolean offer(Frame frame) {
    if (!queue.offer(frame)) {
      producerBlocked = true;
      // The consumer may have emptied the queue before it could see the flag.
      if (!queue.offer(frame)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void wakeConsumer() {
    consumer.wake();
  }

  @Override
  public @Nullable Frame poll() {
    Frame frame = queue.poll();
    if (frame != null && producerBlocked) {
      producerBlocked = false;
      producer.wake();
    }
    return frame;
  }
}
