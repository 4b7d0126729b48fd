package dev.lintel.runner.job;

import dev.lintel.runner.metrics.MetricsSnapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A job's outcome, which there will be for sure: if no memory is left even to say why the job has
 * failed, it is a failure that was made before it was needed.
 *
 * <p><i>Ownership:</i> the coordinator's thread; {@link #future} is any thread's.
 */
final class OutcomePromise {
  private final CompletableFuture<JobOutcome> future = new CompletableFuture<>();
  private final String job;
  private final JobOutcome lastResort;

  OutcomePromise(String job) {
    this.job = job;
    this.lastResort = JobOutcome.outOfMemory(job);
  }

  CompletableFuture<JobOutcome> future() {
    return future;
  }

  /**
   * May fail, as everything may: then {@link #fail} is to be called, even if the future is done. It
   * is before those are woken that wait for it.
   */
  void complete(JobOutcome outcome) {
    future.complete(outcome);
  }

  /**
   * The end of the job has failed. With no memory left the first use of almost anything can fail;
   * it succeeds at last. No lambdas here: they allocate. Only when {@code complete} has returned,
   * those that wait have been woken.
   */
  void fail(Throwable failure, boolean cancelled) {
    try {
      future.complete(
          JobOutcome.of(
              List.of(JobFailedException.outsideOfTasks(job, "its end", failure)),
              cancelled,
              MetricsSnapshot.empty(),
              MetricsSnapshot.empty()));
    } catch (Throwable e) {
      Thread.onSpinWait();
    }
    boolean told = false;
    while (!told) {
      try {
        future.complete(lastResort);
        told = true;
      } catch (Throwable e) {
        Thread.onSpinWait();
      }
    }
  }
}
