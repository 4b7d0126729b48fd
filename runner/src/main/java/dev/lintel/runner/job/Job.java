package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.job.CheckpointRequest.Purpose;
import dev.lintel.runner.metrics.MetricsPush;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.Closing;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskProgress;
import dev.lintel.translation.plan.ExecutionPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running pipeline: one {@link Attempt} at it, and another one from the last checkpoint if that
 * fails, as long as the restarts allow. Its coordinator thread handles one message after the other:
 * events of tasks, and requests of the methods here, which may be called from any thread.
 */
public final class Job {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);
  private static final long PROGRESS_MILLIS = 500;

  private final JobSettings settings;
  private final BlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<JobOutcome> outcome = new CompletableFuture<>();
  private final ProgressReport progressReport;
  private final @Nullable MetricsPush metricsPush;
  private final JobHost host;
  private final Clock clock;
  private final JobOutcome lastResort;
  private final JobCheckpoints checkpoints;
  private final Restarts restarts;
  private Attempt attempt;

  /** Owned by the coordinator's thread. */
  private boolean cancelled;

  /** A failed attempt is over, and the next has not begun. Owned by the coordinator's thread. */
  private boolean waiting;

  /** When the next begins. Owned by the coordinator's thread. */
  private long restartMillis;

  /** It was told to end while it was waiting. Owned by the coordinator's thread. */
  private boolean endedWaiting;

  /** When tasks that end after a last checkpoint are stopped. Owned by the coordinator's thread. */
  private long leaveByMillis = Long.MAX_VALUE;

  private final long startedMillis;

  /** Set by who starts the job; the coordinator's first turn may come before. */
  private volatile JobHost.@Nullable Turns turns;

  private Job(ExecutionPlan plan, JobSettings settings, JobHost host) {
    this.settings = settings;
    this.host = host;
    this.clock = host.clock();
    this.startedMillis = clock.millis();
    this.progressReport = new ProgressReport(settings.name(), plan, clock);
    this.lastResort = JobOutcome.outOfMemory(settings.name());
    this.restarts = new Restarts(settings.restarts());
    this.metricsPush =
        MetricsPush.of(
            settings.options().as(MetricsOptions.class), "lintel-" + settings.name() + "-metrics");
    this.checkpoints = new JobCheckpoints(plan, settings, host, this::message);
    try {
      this.attempt = checkpoints.nextAttempt();
    } catch (RuntimeException | Error e) {
      new Closing(e).run(checkpoints::end);
      throw e;
    }
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
    Job job = new Job(plan, settings, host);
    try {
      job.attempt.assemble();
      job.startCoordinator();
    } catch (RuntimeException | Error e) {
      Closing closing = new Closing(e);
      closing.run(() -> job.attempt.abandon(e));
      closing.run(job.checkpoints::end);
      throw e;
    }
    job.attempt.startThreads();
    return job;
  }

  private void startCoordinator() {
    if (metricsPush != null) {
      message(metricsPush::start);
    }
    turns = host.start(this);
  }

  /** Has the coordinator's thread do something. Any thread. */
  void message(Runnable message) {
    messages.add(message);
  }

  // ---- the coordinator's thread ----

  /** How long the coordinator may wait for a message before it has something else to do. */
  long waitMillis() {
    long now = clock.millis();
    return waiting
        ? Math.min(PROGRESS_MILLIS, restartMillis - now)
        : attempt.stop().waitMillis(checkpoints.waitMillis(PROGRESS_MILLIS, now));
  }

  /**
   * One turn of the coordinator: handles a message and what has become due.
   *
   * @param waitMillis how long to wait for the message, if there is none
   * @return false if the job has ended: that was the last turn
   */
  public boolean cycle(long waitMillis) {
    Throwable failure = null;
    try {
      Runnable message = messages.poll(waitMillis, TimeUnit.MILLISECONDS);
      if (waiting ? waitForRestart(message) : supervise(message)) {
        return true;
      }
    } catch (Throwable e) {
      failure = e;
      beginStop();
    }
    end(failure);
    return false;
  }

  /** An attempt ends when all its tasks have, and nothing is left to be decided. */
  private boolean supervise(@Nullable Runnable message) {
    if (message != null) {
      message.run();
    } else {
      attempt.lookAfterThreads(this::runMessages);
    }
    checkpoints.tick();
    if (clock.millis() >= leaveByMillis) {
      attempt.stop().begin();
    }
    showProgress();
    if (!attempt.coordinator().isDone() || checkpoints.isDeciding() || checkpoints.isEnding()) {
      return true;
    }
    attempt.end();
    checkpoints.attemptEnded(attempt);
    return restartLater();
  }

  private void runMessages() {
    for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
      message.run();
    }
  }

  private void showProgress() {
    progressReport.update(attempt.coordinator().progress());
    if (metricsPush != null) {
      long now = clock.millis();
      if (metricsPush.isDue(now)) {
        metricsPush.offer(checkpoints.metrics(), now);
      }
    }
  }

  /**
   * Has another attempt begin if the last one has failed, and it is worth it.
   *
   * @return false if the job has ended, as it should or with its failure
   */
  private boolean restartLater() {
    List<JobFailedException> failures = attempt.failures();
    // What a stuck thread still holds is not safe to be used again.
    if (failures.isEmpty()
        || cancelled
        || checkpoints.isFenced()
        || (checkpoints.lastCompleted() == 0 && !settings.restarts().fromBeginning())
        || !attempt.coordinator().lost().isEmpty()) {
      return false;
    }
    long delayMillis = restarts.failed(clock.millis());
    if (delayMillis < 0) {
      return false;
    }
    LOG.warn(
        "Job {} has failed (failure {} in a row, of at most {}) and goes on {} in {} ms",
        settings.name(),
        restarts.inARow(),
        settings.restarts().attempts(),
        checkpoints.describeLatest(),
        delayMillis,
        failures.get(0));
    waiting = true;
    restartMillis = clock.millis() + delayMillis;
    return true;
  }

  private boolean waitForRestart(@Nullable Runnable message) {
    if (message != null) {
      message.run();
    }
    checkpoints.tick();
    boolean fenced = checkpoints.isFenced();
    if (!cancelled && !fenced && clock.millis() < restartMillis) {
      return true;
    }
    waiting = false;
    if (fenced) {
      return false;
    }
    if (cancelled) {
      endedWaiting = true;
      return false;
    }
    Attempt next = checkpoints.nextAttempt();
    next.assemble();
    attempt = next;
    attempt.startThreads();
    return true;
  }

  /**
   * With no memory left the first use of almost anything can fail. It succeeds at last, as the
   * tasks that have been told to stop give back what they hold. No lambdas here: they allocate.
   */
  private void beginStop() {
    while (!attempt.stop().hasBegun()) {
      try {
        attempt.stop().begin();
      } catch (Throwable e) {
        Thread.onSpinWait();
      }
    }
  }

  /** As with {@link #beginStop}, if even saying why it fails does. */
  private void endWith(Throwable failure) {
    try {
      outcome.complete(
          JobOutcome.of(
              List.of(failure("its end", failure)),
              cancelled,
              MetricsSnapshot.empty(),
              MetricsSnapshot.empty()));
    } catch (Throwable e) {
      Thread.onSpinWait();
    }
    while (!outcome.isDone()) {
      try {
        outcome.complete(lastResort);
      } catch (Throwable e) {
        Thread.onSpinWait();
      }
    }
  }

  /**
   * Frees what the job holds, and only then says how it has ended. It always says so: if there is
   * no memory left for it even after the tasks have ended, with a failure that was made before.
   */
  private void end(@Nullable Throwable coordinatorFailure) {
    try {
      attempt.end();
      progressReport.end();
      outcome.complete(close(coordinatorFailure));
    } catch (Throwable e) {
      endWith(e);
    } finally {
      messages.forEach(Runnable::run);
    }
  }

  private JobOutcome close(@Nullable Throwable coordinatorFailure) {
    List<JobFailedException> failures = new ArrayList<>();
    if (coordinatorFailure != null) {
      failures.add(failure("the coordinator", coordinatorFailure));
    }
    if (!endedWaiting) {
      // Otherwise the job has got over them: it only had not begun its next attempt.
      failures.addAll(attempt.failures());
    }
    MetricsSnapshot metrics = checkpoints.metrics();
    MetricsSnapshot committed = checkpoints.committed(metrics);
    Closing closing = new Closing();
    closing.run(() -> checkpoints.end());
    closing.run(settings.storage()::close);
    closing.run(() -> endMetricsPush(metrics));
    if (closing.first() != null) {
      failures.add(failure("its end", closing.first()));
    }
    return JobOutcome.of(failures, cancelled, metrics, committed);
  }

  private void endMetricsPush(MetricsSnapshot last) {
    if (metricsPush != null) {
      metricsPush.end(last, settings.stopMillis());
    }
  }

  private JobFailedException failure(String doing, Throwable cause) {
    return JobFailedException.outsideOfTasks(settings.name(), doing, cause);
  }

  // ---- any thread ----

  public JobState state() {
    return outcome.isDone() ? outcome.join().state() : JobState.RUNNING;
  }

  /**
   * Asks the job to stop; {@link #await} tells when it has, which is after the time to stop at the
   * latest. No effect on a job that has ended.
   */
  public void cancel() {
    message(
        () -> {
          if (!cancelled) {
            cancelled = true;
            attempt.stop().begin();
          }
        });
  }

  /**
   * Asks the job to read no more of its sources without an end, and to end with what it has read:
   * every window fires. {@link #await} tells when it has. A failure meanwhile changes nothing about
   * that, and checkpoints tell the next start of it.
   */
  public void drain() {
    message(checkpoints::drain);
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
    return request(Purpose.STOP, savepointPath, what, number -> leave());
  }

  /** The coordinator's thread. */
  private void leave() {
    cancelled = true;
    leaveByMillis = clock.millis() + settings.stopMillis();
  }

  private CompletableFuture<Long> request(
      Purpose purpose, @Nullable String path, String what, LongConsumer onCompleted) {
    FutureAnswer answer = new FutureAnswer(what, settings.name(), onCompleted);
    message(
        () -> {
          if (waiting && purpose == Purpose.STOP && path == null) {
            // Nothing has happened since the checkpoint that the next attempt would begin with.
            answer.completed(checkpoints.lastCompleted());
          } else if (outcome.isDone()) {
            answer.failed(new CheckpointEndedException(settings.name()));
          } else {
            checkpoints.request(new CheckpointRequest(purpose, path, answer));
          }
        });
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
    return askLater(
        () ->
            new JobReport(
                state(),
                startedMillis,
                checkpoints.attempts(),
                waiting,
                checkpoints.isDraining(),
                Map.copyOf(attempt.coordinator().progress()),
                checkpoints.lastReport()));
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
    return ask(
        () -> {
          MetricsSnapshot attempted = checkpoints.metrics();
          return attempted.results(checkpoints.committed(attempted));
        });
  }

  /** How far each task is: the newest that it has reported. */
  public Map<TaskId, TaskProgress> progress() {
    return ask(() -> Map.copyOf(attempt.coordinator().progress()));
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
