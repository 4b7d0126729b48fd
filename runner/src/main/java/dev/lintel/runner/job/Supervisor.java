package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.job.checkpoint.CheckpointRequest;
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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.MetricResults;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a job to its end: one {@link Attempt} after the other, each but the first from the last
 * checkpoint, as long as failures and restarts allow.
 *
 * <p><i>Ownership:</i> whoever starts the job, then the coordinator's thread, which handles one
 * message after the other; but {@link #message} and {@link #outcome} are any thread's.
 *
 * <p><i>Invariants:</i> at most one attempt has tasks. What it holds is freed before the outcome is
 * known, and there is an outcome whatever fails. Nobody waits for messages after it: whoever needs
 * an answer to one looks for an outcome once it is sent.
 */
final class Supervisor implements Attempt.Mailbox {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final long PROGRESS_MILLIS = 500;

  private final JobSettings settings;
  private final Clock clock;
  private final BlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
  private final OutcomePromise outcome;
  private final ProgressReport progressReport;
  private final @Nullable MetricsPush metricsPush;
  private final JobCheckpoints checkpoints;
  private final Restarts restarts;
  private final long startedMillis;
  private Attempt attempt;
  private boolean cancelled;

  /** A failed attempt is over, and the next has not begun. */
  private boolean waiting;

  /** When the next begins. */
  private long restartMillis;

  /** It was told to end while it was waiting. */
  private boolean endedWaiting;

  /** When tasks that end after a last checkpoint are stopped. */
  private long leaveByMillis = Long.MAX_VALUE;

  /**
   * Claims the job if checkpoints are taken, and has its first attempt, whose tasks are not there
   * yet.
   */
  Supervisor(ExecutionPlan plan, JobSettings settings, JobHost host) {
    this.settings = settings;
    this.clock = host.clock();
    this.startedMillis = clock.millis();
    this.progressReport = new ProgressReport(settings.name(), plan, clock);
    this.outcome = new OutcomePromise(settings.name());
    this.restarts = new Restarts(settings.restarts());
    this.metricsPush = MetricsPush.of(settings.options(), "lintel-" + settings.name() + "-metrics");
    this.checkpoints = new JobCheckpoints(plan, settings, host, this);
    try {
      this.attempt = checkpoints.nextAttempt();
    } catch (RuntimeException | Error e) {
      new Closing(e).run(checkpoints::end);
      throw e;
    }
  }

  // ---- the start ----

  /** Builds the tasks of the first attempt, before the coordinator has its turns. */
  void assemble() {
    attempt.assemble();
    if (metricsPush != null) {
      message(metricsPush::start);
    }
  }

  /** The coordinator has its turns: now the tasks get theirs. */
  void startThreads() {
    attempt.startThreads();
  }

  /** The job could not be started: lets go of what it holds. */
  void abandon(Throwable failure) {
    Closing closing = new Closing(failure);
    closing.run(() -> attempt.abandon(failure));
    closing.run(checkpoints::end);
  }

  // ---- any thread ----

  /** Has the coordinator's thread do something. */
  @Override
  public void message(Runnable message) {
    messages.add(message);
  }

  /** How the job has ended, when it has. */
  CompletableFuture<JobOutcome> outcome() {
    return outcome.future();
  }

  // ---- turns ----

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
  boolean cycle(long waitMillis) {
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

  /**
   * Frees what the job holds, and only then says how it has ended. It always says so: if there is
   * no memory left for it even after the tasks have ended, with a failure that was made before.
   */
  private void end(@Nullable Throwable coordinatorFailure) {
    Throwable failure = coordinatorFailure;
    try {
      attempt.end();
    } catch (Throwable e) {
      failure = failure == null ? e : failure;
    }
    try {
      progressReport.end();
      outcome.complete(close(failure));
    } catch (Throwable e) {
      outcome.fail(e, cancelled);
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

  // ---- requests, each a message; those that ask also come when the job has ended ----

  void cancel() {
    if (!cancelled) {
      cancelled = true;
      attempt.stop().begin();
    }
  }

  void drain() {
    checkpoints.drain();
  }

  void request(CheckpointRequest request) {
    if (waiting && request.isStopWithCheckpoint()) {
      // Nothing has happened since the checkpoint that the next attempt would begin with.
      request.answer().completed(checkpoints.lastCompleted());
    } else if (outcome.future().isDone()) {
      request.answer().failed(new CheckpointEndedException(settings.name()));
    } else {
      checkpoints.request(request);
    }
  }

  /** The checkpoint that the job ends with is complete. */
  void leave() {
    cancelled = true;
    leaveByMillis = clock.millis() + settings.stopMillis();
  }

  /** Any thread. */
  JobState state() {
    CompletableFuture<JobOutcome> future = outcome.future();
    return future.isDone() ? future.join().state() : JobState.RUNNING;
  }

  JobReport report() {
    return new JobReport(
        state(),
        startedMillis,
        checkpoints.attempts(),
        waiting,
        checkpoints.isDraining(),
        progress(),
        checkpoints.lastReport());
  }

  MetricResults metrics() {
    MetricsSnapshot attempted = checkpoints.metrics();
    return attempted.results(checkpoints.committed(attempted));
  }

  Map<TaskId, TaskProgress> progress() {
    return Map.copyOf(attempt.coordinator().progress());
  }
}
