package dev.lintel.benchmarks.kafka;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes records at a fixed rate, whether or not they can be taken at that rate: what comes late
 * was due at its time all the same.
 *
 * <p><i>Ownership:</i> a thread of its own writes; the one that has started it asks.
 */
final class PacedInput implements AutoCloseable {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** How often it looks what is due. */
  private static final long TICK_NANOS = 500_000;

  private final InputRecords records;
  private final long from;
  private final long to;
  private final long ratePerSecond;
  private final long startNanos;
  private final Thread thread;

  /** Written by the thread, read by its starter. */
  private volatile @Nullable RuntimeException failure;

  private volatile boolean closed;

  private PacedInput(InputRecords records, long from, long to, long ratePerSecond) {
    this.records = records;
    this.from = from;
    this.to = to;
    this.ratePerSecond = ratePerSecond;
    this.startNanos = System.nanoTime();
    this.thread = new Thread(this::run, "paced-input");
    thread.setDaemon(true);
  }

  /** The first record is due at once. The records are closed with this. */
  static PacedInput start(InputRecords records, long from, long to, long ratePerSecond) {
    PacedInput paced = new PacedInput(records, from, to, ratePerSecond);
    paced.thread.start();
    return paced;
  }

  /** When a record should be written, by the clock of {@link System#nanoTime}. */
  long dueNanos(long index) {
    return startNanos + (index - from) * NANOS_PER_SECOND / ratePerSecond;
  }

  private void run() {
    try {
      long next = from;
      while (next < to && !closed) {
        long now = System.nanoTime();
        while (next < to && dueNanos(next) - now <= 0) {
          records.send(next);
          next++;
        }
        LockSupport.parkNanos(TICK_NANOS);
      }
      records.flush();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Throws if records could not be written. */
  void check() {
    RuntimeException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    records.close();
  }
}
