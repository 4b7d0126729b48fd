package dev.lintel.state;

import java.util.function.LongSupplier;

/**
 * The memory that the decoded cells of all tasks of one backend may take, in equal shares.
 *
 * <p><i>Threads:</i> tasks open and close on any thread; {@link #share} is read by every task's own
 * thread all the time, and written here under the lock.
 */
final class CacheBudget implements LongSupplier {
  private final long totalBytes;
  private int openTasks;
  private volatile long share;

  CacheBudget(long totalBytes) {
    this.totalBytes = totalBytes;
    this.share = totalBytes;
  }

  synchronized void taskOpened() {
    openTasks++;
    divide();
  }

  synchronized void taskClosed() {
    openTasks--;
    divide();
  }

  private void divide() {
    share = totalBytes == CellCache.UNLIMITED ? totalBytes : totalBytes / Math.max(1, openTasks);
  }

  /** What one task may take now. */
  @Override
  public long getAsLong() {
    return share;
  }
}
