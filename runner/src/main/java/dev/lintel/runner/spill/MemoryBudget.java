package dev.lintel.runner.spill;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all of a job's buffers that can spill may take together. Half of it is dealt out
 * in equal parts, which each taker is sure of; the other half is a pool for those who need more
 * first: of many groupings in a pipeline, few are full at the same time.
 *
 * <p><i>Threads:</i> any; each {@link Share} belongs to one thread at a time.
 */
public final class MemoryBudget {
  /** The pool gives at least a 32nd of itself at a time, as long as it has that. */
  private static final int POOL_STEPS = 32;

  private final long dealtBytes;
  private final long stepBytes;
  private final AtomicLong pool;
  private final AtomicInteger shares = new AtomicInteger();

  public MemoryBudget(long totalBytes) {
    dealtBytes = totalBytes - totalBytes / 2;
    pool = new AtomicLong(totalBytes / 2);
    stepBytes = Math.max(1, totalBytes / 2 / POOL_STEPS);
  }

  /** A share for one more taker. */
  public Share share() {
    shares.incrementAndGet();
    return new Share();
  }

  /** What one taker may hold. */
  public final class Share implements AutoCloseable {
    private long fromPool;

    /** Up to here there is nothing to ask. */
    private long limit;

    private boolean closed;

    private Share() {}

    /**
     * Whether the taker may now hold {@code bytes} in all. If not, it is to spill, and to {@link
     * #release}.
     */
    public boolean hold(long bytes) {
      return bytes <= limit || raiseTo(bytes);
    }

    private boolean raiseTo(long bytes) {
      long certain = dealtBytes / Math.max(1, shares.get());
      long more = bytes - certain - fromPool;
      boolean raised = more <= 0 || takeFromPool(more);
      limit = certain + fromPool;
      return raised;
    }

    private boolean takeFromPool(long least) {
      for (long left = pool.get(); least <= left; left = pool.get()) {
        long taken = Math.min(left, Math.max(least, stepBytes));
        if (pool.compareAndSet(left, left - taken)) {
          fromPool += taken;
          return true;
        }
      }
      return false;
    }

    /** The taker has spilled: it holds nothing. */
    public void release() {
      pool.addAndGet(fromPool);
      fromPool = 0;
      limit = 0;
    }

    /** The taker needs its share no more. Idempotent. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release();
        shares.decrementAndGet();
      }
    }
  }
}
