package dev.lintel.runner.control;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a running job. Called by any thread, and never waits: futures tell, by any
 * thread, what has come of it, or fail with a message for the user.
 */
public interface ControlledJob {
  CompletableFuture<JobStatus> status();

  /** Takes a checkpoint now; the future has its number. */
  CompletableFuture<Long> checkpoint();

  /**
   * Takes a savepoint.
   *
   * @param path of its folder; null: the job finds one
   * @return has the folder
   */
  CompletableFuture<String> savepoint(@Nullable String path);

  /** Ends the job with a last checkpoint. The future is done when there is one. */
  CompletableFuture<Void> stop();

  /** As {@link #stop}, with a savepoint as {@link #savepoint}. */
  CompletableFuture<String> stopWithSavepoint(@Nullable String path);

  /** Has the job end with what it has read. */
  void drain();

  /** Ends the job without a last checkpoint. */
  void cancel();
}
