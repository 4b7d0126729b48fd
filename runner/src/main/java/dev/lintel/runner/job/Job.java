package dev.lintel.runner.job;

import dev.lintel.runner.job.checkpoint.CheckpointRequest;
import dev.lintel.runner.job.checkpoint.CheckpointRequest.Purpose;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskProgress;
import dev.lintel.translation.plan.ExecutionPlan;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.beam.sdk.metrics.MetricResults;
import org.jspecify.annotations.Nullable;

/**
 * A running pipeline, as it looks from outside: what can be asked of it becomes messages to its
 * coordinator's thread, where a {@link Supervisor} brings it to its end.
 *
 * <p><i>Ownership:</i> any thread; but only the coordinator's takes turns.
 */
public final class Job {
  private final JobSettings settings;
  private final Supervisor supervisor;
  private final CompletableFuture<JobOutcome> outcome;

  /** Set by who starts the job; the coordinator's first turn may come before. */
  private volatile JobHost.@Nullable Turns turns;

  private Job(JobSettings settings, Supervisor supervisor) {
    this.settings = settings;
    this.supervisor = supervisor;
    this.outcome = supervisor.outcome();
  }

  /**
   * Builds and starts the tasks of a plan.
   *
   * @throws SourceSplitException if a source can't say what there is to read
   */
  public static Job start(ExecutionPlan plan, JobSettings settings) {
    return start(plan, settings, new ThreadHost());
  }

  /** As {@link #start(ExecutionPlan, JobSettings)}, in a process that may be simulated. */
  public static Job start(ExecutionPlan plan, JobSettings settings, JobHost host) {
    Supervisor supervisor = new Supervisor(plan, settings, host);
    Job job = new Job(settings, supervisor);
    try {
      supervisor.assemble();
      job.turns = host.start(job);
    } catch (RuntimeException | Error e) {
      supervisor.abandon(e);
      throw e;
    }
    supervisor.startThreads();
    return job;
  }

  // ---- the coordinator's thread ----

  /** How long the coordinator may wait for a message before it has something else to do. */
  long waitMillis() {
    return supervisor.waitMillis();
  }

  /**
   * One turn of the coordinator: handles a message and what has become due.
   *
   * @param waitMillis how long to wait for the message, if there is none
   * @return false if the job has ended: that was the last turn
   */
  public boolean cycle(long waitMillis) {
    return supervisor.cycle(waitMillis);
  }

  // ---- any thread ----

  /** Has the coordinator's thread do something. */
  void message(Runnable message) {
    supervisor.message(message);
  }

  public JobState state() {
    return supervisor.state();
  }

  /**
   * Asks the job to stop; {@link #await} tells when it has, which is after the time to stop at the
   * latest. No effect on a job that has ended.
   */
  public void cancel() {
    message(supervisor::cancel);
  }

  /**
   * Asks the job to read no more of its sources without an end, and to end with what it has read:
   * every window fires. {@link #await} tells when it has. A failure meanwhile changes nothing about
   * that, and checkpoints tell the next start of it.
   */
  public void drain() {
    message(supervisor::drain);
  }

  /** Has a checkpoint taken now. The future has its number, or a {@link SavepointException}. */
  public CompletableFuture<Long> checkpoint() {
    return request(Purpose.ASKED_FOR, null, "a checkpoint", number -> {});
  }

  /**
   * Has a savepoint taken, which stays until somebody else deletes it.
   *
   * @param path an empty folder in any file system that Beam knows, or one that does not exist
   * @return has the path, or a {@link SavepointException}
   */
  public CompletableFuture<String> savepoint(String path) {
    return request(Purpose.SAVEPOINT, path, "a savepoint in " + path, number -> {})
        .thenApply(number -> path);
  }

  /**
   * Has a last checkpoint or savepoint taken, and ends the job with it: no window is finished, and
   * what has been read since is left to the next start, which goes on from there.
   *
   * @param savepointPath as with {@link #savepoint}; null for a checkpoint
   * @return done when the job is about to end: {@link #await} tells when it has; or failed with a
   *     {@link SavepointException}, and the job goes on
   */
  public CompletableFuture<Long> stop(@Nullable String savepointPath) {
    String what =
        savepointPath == null ? "a last checkpoint" : "a last savepoint in " + savepointPath;
    return request(Purpose.STOP, savepointPath, what, number -> supervisor.leave());
  }

  private CompletableFuture<Long> request(
      Purpose purpose, @Nullable String path, String what, LongConsumer onCompleted) {
    FutureAnswer answer = new FutureAnswer(what, settings.name(), onCompleted);
    CheckpointRequest request = new CheckpointRequest(purpose, path, answer);
    message(() -> supervisor.request(request));
    if (outcome.isDone()) {
      // Perhaps nobody takes messages any more.
      answer.failed(new CheckpointEndedException(settings.name()));
    }
    return answer.future();
  }

  String name() {
    return settings.name();
  }

  /** How long the end may take. */
  long stopMillis() {
    return settings.stopMillis();
  }

  /** Whether checkpoints are taken. */
  boolean isCheckpointed() {
    return settings.checkpoints().enabled();
  }

  /** How the job fares. */
  public CompletableFuture<JobReport> report() {
    return askLater(supervisor::report);
  }

  /**
   * Has the coordinator's thread do something when the job has ended, before {@link #await} tells
   * so; or does it here if it has.
   */
  public void whenEnded(BiConsumer<JobState, @Nullable JobFailedException> action) {
    CompletableFuture<?> unused =
        outcome.thenAccept(end -> action.accept(end.state(), end.failure()));
  }

  /**
   * Waits for the end of the job.
   *
   * @param millis at most so long
   * @return null if the job has not ended by then
   * @throws JobFailedException if it has failed
   */
  public @Nullable JobState await(long millis) throws InterruptedException {
    try {
      JobOutcome end = outcome.get(millis, TimeUnit.MILLISECONDS);
      // It has nothing left to do; but "all is closed" includes its thread.
      if (turns != null) {
        turns.join();
      }
      if (end.failure() != null) {
        throw end.failure();
      }
      return end.state();
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected an outcome of job " + settings.name(), e);
    }
  }

  /**
   * The user's metrics: the newest that the tasks have reported. Committed is what no failure can
   * undo: where checkpoints are taken, what had been counted at the last complete one.
   */
  public MetricResults metrics() {
    if (outcome.isDone()) {
      JobOutcome end = outcome.join();
      return end.metrics().results(end.committed());
    }
    return ask(supervisor::metrics);
  }

  /** How far each task is: the newest that it has reported. */
  public Map<TaskId, TaskProgress> progress() {
    return ask(supervisor::progress);
  }

  /** Has the coordinator's thread answer, or answers here if the job has ended. */
  private <T> T ask(Supplier<T> question) {
    return askLater(question).join();
  }

  private <T> CompletableFuture<T> askLater(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    message(
        () -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
          }
        });
    return outcome.isDone() ? CompletableFuture.completedFuture(question.get()) : answer;
  }
}
