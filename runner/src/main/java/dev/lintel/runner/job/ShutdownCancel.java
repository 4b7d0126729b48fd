package dev.lintel.runner.job;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels a running job when the JVM is told to end (a SIGTERM, {@code System.exit}), so that
 * readers and DoFns are closed and no state is left on the disk, and lets the JVM end only then, or
 * when the time to stop is over.
 */
final class ShutdownCancel {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownCancel.class);

  private final Job job;
  private volatile @Nullable Thread hook;

  ShutdownCancel(Job job) {
    this.job = job;
  }

  void arm(long stopMillis) {
    Thread armed = new Thread(() -> cancel(stopMillis), "lintel-shutdown");
    Runtime.getRuntime().addShutdownHook(armed);
    hook = armed;
  }

  /** The job has ended. */
  void disarm() {
    Thread armed = hook;
    hook = null;
    if (armed != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(armed);
      } catch (IllegalStateException e) {
        LOG.debug("The JVM is ending, and this job with it");
      }
    }
  }

  private void cancel(long stopMillis) {
    job.cancel();
    try {
      // The job itself takes at most the time to stop; it then has a few things left to close.
      job.await(stopMillis + stopMillis / 2);
    } catch (JobFailedException e) {
      LOG.warn("The job failed while the JVM was ending", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
