package dev.lintel.runner.job;

import dev.lintel.runner.job.checkpoint.CheckpointCoordinator;
import dev.lintel.runner.job.checkpoint.CheckpointRequest;
import dev.lintel.runner.job.checkpoint.CheckpointRequest.Purpose;
import dev.lintel.runner.job.checkpoint.CheckpointSource;
import dev.lintel.runner.job.checkpoint.CheckpointStore;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import dev.lintel.translation.plan.ExecutionPlan;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What checkpoints mean to a job from its beginning to its end: each attempt begins with the newest
 * one, users ask for some, a drain outlives failures by them, and a job whose work is done ends
 * with a last one. How one is taken is up to {@link CheckpointCoordinator}, which decides, and
 * {@link CheckpointSteps}.
 *
 * <p>Without a place for checkpoints none is ever taken, and each attempt begins anew.
 *
 * <p><i>Ownership:</i> whoever starts the job, then the coordinator's thread.
 */
final class JobCheckpoints implements Coordinator.Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(JobCheckpoints.class);

  /** How soon to ask again, while work is on its way between slots. */
  private static final long RETRY_MILLIS = 1;

  private final ExecutionPlan plan;
  private final JobHost host;

  /** With the key groups of what it goes on from. */
  private JobSettings settings;

  private final Attempt.Mailbox mailbox;
  private final CheckpointSteps steps;
  private final CheckpointCoordinator coordinator;
  private int attempts;
  private @Nullable Attempt attempt;

  private Ending ending = Ending.NOT_YET;
  private boolean draining;

  /** How a job ends that has done its work. */
  private enum Ending {
    NOT_YET,
    /** The last checkpoint is complete. */
    TASKS_END,
    /** That it has ended is being written down. */
    WRITING,
    WRITTEN
  }

  /** Claims the job, if checkpoints are taken. */
  JobCheckpoints(ExecutionPlan plan, JobSettings settings, JobHost host, Attempt.Mailbox mailbox) {
    this.plan = plan;
    this.settings = settings;
    this.host = host;
    this.mailbox = mailbox;
    this.steps = new CheckpointSteps(plan, settings, host, mailbox, this::attempt);
    this.coordinator = steps.coordinator();
  }

  /**
   * The job's next attempt, from the newest checkpoint if there is one. Not assembled yet.
   *
   * @throws SourceSplitException if a source can't say what there is to read
   */
  Attempt nextAttempt() {
    attempts++;
    ending = Ending.NOT_YET;
    CheckpointSource from = steps.latest();
    if (from != null) {
      settings = settings.withMaxParallelism(from.maxParallelism());
    }
    JobSettings forAttempt =
        settings.faults() == null
            ? settings
            : settings.withParallelism(settings.faults().slots(attempts, settings.parallelism()));
    JobStart start = from == null ? fresh(forAttempt) : restored(forAttempt, from);
    Attempt next = new Attempt(plan, forAttempt, attempts, start, host, mailbox, this);
    attempt = next;
    if (start.isDraining() && !draining) {
      LOG.info("Job {} goes on draining: it was when the checkpoint was taken", settings.name());
    }
    if (draining || start.isDraining()) {
      drain();
    }
    return next;
  }

  private JobStart fresh(JobSettings forAttempt) {
    SourceSplits splits = SourceSplits.of(plan, forAttempt.parallelism(), settings.options());
    return new FreshStart(splits, forAttempt);
  }

  private JobStart restored(JobSettings forAttempt, CheckpointSource from) {
    RestoredStart start = new RestoredStart(plan, forAttempt, from);
    if (attempts == 1) {
      LOG.info("Job {} goes on from {}", settings.name(), from);
    }
    steps.restored(from.number(), start.metrics());
    return start;
  }

  /** Where the next attempt would begin, for people. */
  String describeLatest() {
    return coordinator.lastCompleted() == 0
        ? "from its beginning"
        : "from checkpoint " + coordinator.lastCompleted();
  }

  private Attempt attempt() {
    if (attempt == null) {
      throw new IllegalStateException("Expected an attempt of job " + settings.name());
    }
    return attempt;
  }

  private boolean areTaken() {
    return settings.location() != null;
  }

  // ---- the job ----

  void tick() {
    coordinator.tick();
  }

  /** How long the coordinator may wait for a message before it has to call {@link #tick}. */
  long waitMillis(long atMost, long nowMillis) {
    return Math.max(RETRY_MILLIS, Math.min(atMost, coordinator.nextMillis() - nowMillis));
  }

  boolean isDeciding() {
    return coordinator.isDeciding();
  }

  /**
   * The tasks have ended after a last checkpoint: only now, when all that was prepared for it is
   * visible, a later start need not go on from it. A process that dies before is gone on from, and
   * then has nothing to do but that.
   *
   * @return whether it still has to be written down
   */
  boolean isEnding() {
    if (ending == Ending.TASKS_END && attempt().failures().isEmpty()) {
      ending = Ending.WRITING;
      long number = steps.store().begin(null);
      CheckpointStore.Content nothingLeft =
          new CheckpointStore.Content(
              settings.maxParallelism(), true, Map.of(), steps.committed(), List.of());
      CompletableFuture<?> unused =
          steps
              .store()
              .complete(nothingLeft)
              .whenComplete((done, failure) -> mailbox.message(() -> ended(number, failure)));
    }
    return ending == Ending.WRITING;
  }

  private void ended(long number, @Nullable Throwable failure) {
    ending = Ending.WRITTEN;
    if (failure != null) {
      LOG.warn(
          "Expected to write down in {} that job {} has ended, but: {}. A later start finds nothing"
              + " left to do and ends",
          number,
          settings.name(),
          failure.toString());
    }
  }

  /** The tasks of an attempt are no more, and nothing is being decided. */
  void attemptEnded(Attempt ended) {
    List<JobFailedException> failures = ended.failures();
    coordinator.attemptEnded(
        failures.isEmpty() ? new CheckpointEndedException(settings.name()) : failures.get(0));
  }

  /** Another run has taken over the job: this one is not to go on. */
  boolean isFenced() {
    return steps.isFenced();
  }

  /** All that was counted, by the attempt and of the checkpoints themselves. */
  MetricsSnapshot metrics() {
    MetricsSnapshot ofAttempt = attempt().metrics();
    return areTaken() ? withOwn(ofAttempt) : ofAttempt;
  }

  /** What of the metrics no failure can undo. */
  MetricsSnapshot committed(MetricsSnapshot attempted) {
    return areTaken() ? withOwn(steps.committed()) : attempted;
  }

  private MetricsSnapshot withOwn(MetricsSnapshot others) {
    return MetricsSnapshot.merge(List.of(others, steps.counts()));
  }

  /** Asks for a checkpoint or savepoint. With {@link Purpose#STOP} the tasks end after it. */
  void request(CheckpointRequest request) {
    if (areTaken()) {
      coordinator.request(request);
    } else {
      request.answer().failed(new NoCheckpointsException(settings.name()));
    }
  }

  /** Has the job end with what it has read, however often it has to be restarted on the way. */
  void drain() {
    draining = true;
    attempt().coordinator().drain();
  }

  boolean isDraining() {
    return draining;
  }

  int attempts() {
    return attempts;
  }

  /** The newest checkpoint that this run has completed; null if there is none. */
  JobReport.@Nullable Checkpoint lastReport() {
    return steps.lastReport();
  }

  /** The newest complete checkpoint, perhaps of an earlier run; zero if there is none. */
  long lastCompleted() {
    return coordinator.lastCompleted();
  }

  /** The job has ended. */
  void end() {
    coordinator.jobEnded(new CheckpointEndedException(settings.name()));
    if (areTaken()) {
      steps.store().close();
    }
  }

  // ---- the attempt's coordinator ----

  @Override
  public void begun(Set<TaskId> all) {
    if (areTaken()) {
      coordinator.attemptBegan(all);
    }
  }

  @Override
  public void taken(TaskEvent.SnapshotTaken event) {
    coordinator.taken(event);
  }

  @Override
  public void prepared(TaskId task) {
    coordinator.prepared(task);
  }

  @Override
  public void wanted() {
    coordinator.soon();
  }

  /** A last checkpoint, again if it fails; then the tasks end. */
  @Override
  public void workDone() {
    coordinator.request(
        new CheckpointRequest(
            Purpose.LAST,
            null,
            new CheckpointRequest.Answer() {
              @Override
              public void completed(long number) {
                ending = Ending.TASKS_END;
                attempt().coordinator().commandAll(new TaskCommand.End());
              }

              @Override
              public void failed(Throwable cause) {
                if (!attempt().stop().hasBegun()) {
                  workDone();
                }
              }
            }));
  }
}
