package dev.lintel.faults.subject;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Sends one element after the other, at a steady pace, in a thread of its own.
 *
 * <p><i>Ownership:</i> begun and ended by one thread; {@link #sent} by any.
 */
final class Production {
  private final LongConsumer send;
  private final long pauseNanos;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "production");

  /** Written by the thread here, read by others. */
  private final AtomicLong sent = new AtomicLong();

  /**
   * @param send sends the element of a number
   */
  Production(LongConsumer send, int perSecond) {
    this.send = send;
    this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    thread.setDaemon(true);
  }

  void begin() {
    thread.start();
  }

  private void run() {
    try {
      while (!end.await(pauseNanos, TimeUnit.NANOSECONDS)) {
        send.accept(sent.get());
        sent.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many have been sent. */
  long sent() {
    return sent.get();
  }

  /** Returns when no more are sent. */
  void end() throws InterruptedException {
    end.countDown();
    thread.join();
  }
}
