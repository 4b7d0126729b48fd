package dev.lintel.runner;

import dev.lintel.runner.job.Job;
import dev.lintel.runner.job.JobState;
import dev.lintel.runner.job.SavepointException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of a run, live while the job runs. Thread-safe. */
public final class LintelPipelineResult implements PipelineResult {
  private final Job job;

  LintelPipelineResult(Job job) {
    this.job = job;
  }

  @Override
  public State getState() {
    return state(job.state());
  }

  /**
   * Stops the job, and waits until it has stopped: at most about as long as {@code
   * --cancelTimeoutMillis}. A job that has ended already stays as it is.
   *
   * @throws dev.lintel.runner.job.JobFailedException if it could not be stopped, with the stack of
   *     the thread that is stuck as its cause, or failed while it was being stopped
   */
  @Override
  public State cancel() {
    if (!getState().isTerminal()) {
      job.cancel();
      try {
        job.await(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return getState();
  }

  /**
   * Lets the pipeline end with what it has read: unbounded sources are read no further, splittable
   * DoFns get their {@code @TruncateRestriction} called, every window fires. Returns at once;
   * {@link #waitUntilFinish()} tells when the pipeline has ended, which it does as {@code DONE}.
   */
  public void drain() {
    job.drain();
  }

  /**
   * Takes a savepoint of the running pipeline, and waits until it is complete. Lintel never deletes
   * it; a later run begins with it by {@code --restore=PATH}.
   *
   * @param path an empty folder in any file system that Beam knows, or one that does not exist
   * @return the path
   * @throws dev.lintel.runner.job.SavepointException if it could not be taken; the pipeline goes on
   */
  public String savepoint(String path) {
    return join(job.savepoint(path));
  }

  /**
   * Takes a last checkpoint, or a savepoint, and ends the pipeline with it as {@code CANCELLED}: no
   * window is finished, and the next start goes on from there. Waits until the pipeline has ended.
   *
   * @param savepointPath as with {@link #savepoint}; null for a checkpoint
   * @throws dev.lintel.runner.job.SavepointException if it could not be taken; the pipeline goes on
   *     unless it had ended by itself
   */
  public State stop(@Nullable String savepointPath) {
    join(beginStop(savepointPath));
    return waitUntilFinish();
  }

  /** As {@link #stop}, without waiting: the future has the number of the last checkpoint. */
  CompletableFuture<Long> beginStop(@Nullable String savepointPath) {
    return job.stop(savepointPath);
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SavepointException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /**
   * @param duration null, zero or negative: without limit
   * @return null if the job has not ended by then
   * @throws dev.lintel.runner.job.JobFailedException if the pipeline has failed, with the user's
   *     exception as its cause
   */
  @Override
  public @Nullable State waitUntilFinish(@Nullable Duration duration) {
    long millis =
        duration == null || duration.getMillis() <= 0 ? Long.MAX_VALUE : duration.getMillis();
    try {
      JobState end = job.await(millis);
      return end == null ? null : state(end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      job.cancel();
      throw new IllegalStateException("Interrupted while waiting for the pipeline to finish", e);
    }
  }

  @Override
  public State waitUntilFinish() {
    State end = waitUntilFinish(null);
    if (end == null) {
      throw new IllegalStateException("Expected the job to have ended");
    }
    return end;
  }

  @Override
  public MetricResults metrics() {
    return job.metrics();
  }

  private static State state(JobState state) {
    return switch (state) {
      case RUNNING -> State.RUNNING;
      case DONE -> State.DONE;
      case FAILED -> State.FAILED;
      case CANCELLED -> State.CANCELLED;
    };
  }
}
