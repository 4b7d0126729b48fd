package dev.lintel.runner.job;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a running job when the JVM is told to end (a SIGTERM, {@code System.exit}): with a last
 * checkpoint if it takes checkpoints and the time to stop is enough for one, or else by cancelling
 * it. Readers and DoFns are closed and no state is left on the disk; the JVM ends only then, or
 * when the time is over.
 */
final class ShutdownCancel {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownCancel.class);

  private final Job job;
  private volatile @Nullable Thread hook;

  ShutdownCancel(Job job) {
    this.job = job;
  }

  void arm(long stopMillis) {
    Thread armed = new Thread(() -> stop(stopMillis), "lintel-shutdown");
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

  private void stop(long stopMillis) {
    try {
      if (!job.isCheckpointed() || !takeLastCheckpoint(stopMillis)) {
        job.cancel();
      }
      // The job itself takes at most the time to stop; it then has a few things left to close.
      job.await(stopMillis + stopMillis / 2);
    } catch (JobFailedException e) {
      LOG.warn("The job failed while the JVM was ending", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean takeLastCheckpoint(long stopMillis) throws InterruptedException {
    try {
      job.stop(null).get(stopMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn(
          "Expected a last checkpoint within {} ms, but there is none: the next start goes on from"
              + " the one before",
          stopMillis,
          e);
      return false;
    }
  }
}
