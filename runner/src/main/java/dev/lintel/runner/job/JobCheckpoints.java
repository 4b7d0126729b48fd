package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.manifest.JobEntry;
import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.checkpoint.storage.UndecidedException;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.job.CheckpointCoordinator.Pending;
import dev.lintel.runner.job.CheckpointRequest.Purpose;
import dev.lintel.runner.job.CheckpointStore.StoredTask;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import dev.lintel.translation.plan.ExecutionPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's checkpoints: brings together who decides about them ({@link CheckpointCoordinator}), the
 * tasks of the attempt, and the store; and what the next attempt begins with.
 *
 * <p><i>Ownership:</i> whoever starts the job, then the coordinator's thread.
 */
final class JobCheckpoints implements Coordinator.Checkpoints, CheckpointCoordinator.Steps {
  private static final Logger LOG = LoggerFactory.getLogger(JobCheckpoints.class);

  /** How soon to ask again, while work is on its way between slots. */
  private static final long RETRY_MILLIS = 1;

  private final ExecutionPlan plan;
  private final JobHost host;

  /** With the key groups of what it goes on from. */
  private JobSettings settings;

  private final Clock clock;
  private final Attempt.Mailbox mailbox;
  private final @Nullable CheckpointStore store;
  private final CheckpointCoordinator coordinator;
  private int attempts;
  private @Nullable Attempt attempt;

  /**
   * Of the checkpoint that is under way: what is left of the sources, and whether they are drained;
   * and the stored tasks.
   */
  private Map<String, List<byte[]>> splitsLeft = Map.of();

  private final List<StoredTask> stored = new ArrayList<>();
  private Ending ending = Ending.NOT_YET;
  private boolean draining;
  private boolean fenced;
  private boolean undecided;
  private MetricsSnapshot metrics = MetricsSnapshot.empty();
  private MetricsSnapshot committed = MetricsSnapshot.empty();
  private final CheckpointMetrics counts = new CheckpointMetrics();
  private JobReport.@Nullable Checkpoint lastReport;

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
    this.clock = host.clock();
    this.mailbox = mailbox;
    CheckpointLocation location = settings.location();
    this.store = location == null ? null : store(location);
    this.coordinator = new CheckpointCoordinator(settings.checkpoints(), clock, this);
  }

  private CheckpointStore store(CheckpointLocation location) {
    CheckpointStore opened =
        new StoredCheckpoints(
            location, new PlanCheck(plan, settings, location.restore()), host, this::fenced);
    return settings.faults() == null
        ? opened
        : new FaultyStore(opened, settings.faults().ofStorage());
  }

  /**
   * The job's next attempt, from the newest checkpoint if there is one. Not assembled yet.
   *
   * @throws SourceSplitException if a source can't say what there is to read
   */
  Attempt nextAttempt() {
    attempts++;
    ending = Ending.NOT_YET;
    CheckpointSource from = latest();
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

  private @Nullable CheckpointSource latest() {
    if (undecided && store != null) {
      undecided = false;
      store.reopen();
    }
    return store == null ? null : store.latest();
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
    coordinator.restored(from.number());
    committed = start.metrics();
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
      long number = theStore().begin(null);
      CheckpointStore.Content nothingLeft =
          new CheckpointStore.Content(
              settings.maxParallelism(), true, Map.of(), metrics, List.of());
      CompletableFuture<?> unused =
          theStore()
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

  /** All that was counted, by the attempt and of the checkpoints themselves. */
  MetricsSnapshot metrics() {
    MetricsSnapshot ofAttempt = attempt().metrics();
    return store == null ? ofAttempt : withOwn(ofAttempt);
  }

  /** What of the metrics no failure can undo. */
  MetricsSnapshot committed(MetricsSnapshot attempted) {
    return store == null ? attempted : withOwn(committed);
  }

  private MetricsSnapshot withOwn(MetricsSnapshot others) {
    return MetricsSnapshot.merge(List.of(others, counts.snapshot()));
  }

  /** Asks for a checkpoint or savepoint. With {@link Purpose#STOP} the tasks end after it. */
  void request(CheckpointRequest request) {
    if (store == null) {
      request.answer().failed(new NoCheckpointsException(settings.name()));
    } else {
      coordinator.request(request);
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
    return lastReport;
  }

  /** The newest complete checkpoint, perhaps of an earlier run; zero if there is none. */
  long lastCompleted() {
    return coordinator.lastCompleted();
  }

  /** The job has ended. */
  void end() {
    coordinator.jobEnded(new CheckpointEndedException(settings.name()));
    if (store != null) {
      store.close();
    }
  }

  // ---- the attempt's coordinator ----

  @Override
  public void begun(Set<TaskId> all) {
    if (store != null) {
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

  // ---- the steps of a checkpoint ----

  @Override
  public void prepare() {
    attempt().coordinator().commandAll(new TaskCommand.PrepareSnapshot());
  }

  @Override
  public boolean mayBegin() {
    return attempt().coordinator().pauseSharing();
  }

  @Override
  public long number(CheckpointRequest request) {
    try {
      return theStore().begin(request.path());
    } catch (RuntimeException e) {
      theStore().giveUp();
      attempt().coordinator().resumeSharing();
      throw e;
    }
  }

  @Override
  public void begin(Pending checkpoint) {
    stored.clear();
    splitsLeft = new HashMap<>(attempt().splitsLeft());
    if (draining) {
      splitsLeft.put(JobEntry.DRAINING, List.of());
    }
    boolean portable = checkpoint.request.path() != null;
    boolean stops = checkpoint.request.purpose() == Purpose.STOP;
    attempt()
        .coordinator()
        .commandAll(new TaskCommand.BeginCheckpoint(checkpoint.number, portable, stops));
  }

  @Override
  public void store(Pending checkpoint, TaskId task, TaskSnapshot snapshot) {
    long number = checkpoint.number;
    answer(
        number,
        theStore().store(snapshot),
        entry -> {
          // What is answered to an earlier checkpoint is not this one's.
          if (coordinator.isUnderWay(number)) {
            stored.add(entry);
            coordinator.stored(number);
          }
        });
  }

  @Override
  public void decide(Pending checkpoint) {
    metrics =
        MetricsSnapshot.merge(
            List.of(attempt().metricsBefore(), MetricsSnapshot.merge(checkpoint.metrics.values())));
    CheckpointStore.Content content =
        new CheckpointStore.Content(
            settings.maxParallelism(), false, splitsLeft, metrics, List.copyOf(stored));
    answer(
        checkpoint.number,
        theStore().complete(content),
        done -> coordinator.completed(checkpoint.number));
  }

  private <T> void answer(long number, CompletableFuture<T> future, Consumer<T> good) {
    CompletableFuture<?> unused =
        future.whenComplete(
            (result, failure) ->
                mailbox.message(
                    () -> {
                      if (failure != null) {
                        failed(
                            number,
                            failure instanceof CompletionException e ? e.getCause() : failure);
                      } else {
                        good.accept(result);
                      }
                    }));
  }

  /** Some failures are more than that of a checkpoint. */
  private void failed(long number, @Nullable Throwable failure) {
    Throwable cause =
        failure == null ? new IllegalStateException("Expected a cause of the failure") : failure;
    boolean lost = cause instanceof FencedException;
    if (lost || cause instanceof UndecidedException) {
      fenced |= lost;
      undecided = true;
      attempt().fail(cause);
    }
    coordinator.failed(number, cause);
  }

  /** Any thread. */
  private void fenced(FencedException cause) {
    mailbox.message(() -> failed(coordinator.numberUnderWay(), cause));
  }

  /** Another run has taken over the job: this one is not to go on. */
  boolean isFenced() {
    return fenced;
  }

  private CheckpointStore theStore() {
    if (store == null) {
      throw new IllegalStateException("Expected a store of checkpoints in " + settings.name());
    }
    return store;
  }

  @Override
  public void completed(Pending checkpoint) {
    LOG.debug(
        "Checkpoint {} of job {} is complete after {} ms",
        checkpoint.number,
        settings.name(),
        clock.millis() - checkpoint.startMillis);
    attempt().coordinator().resumeSharing();
    committed = metrics;
    lastReport =
        JobReport.Checkpoint.of(
            checkpoint,
            clock.millis(),
            theStore().storedBytes(),
            stored.stream().map(StoredTask::entry).toList());
    counts.completed(lastReport);
    attempt().coordinator().commandAll(new TaskCommand.CheckpointCompleted(checkpoint.number));
    if (checkpoint.request.purpose() == Purpose.STOP) {
      attempt().coordinator().commandAll(new TaskCommand.End());
    }
  }

  @Override
  public void giveUp(Pending checkpoint, Throwable cause) {
    LOG.warn(
        "Checkpoint {} of job {} has failed: {}",
        checkpoint.number,
        settings.name(),
        String.valueOf(cause));
    theStore().giveUp();
    counts.failed();
    attempt().coordinator().resumeSharing();
    attempt().coordinator().commandAll(new TaskCommand.GiveUpCheckpoint(checkpoint.number));
  }

  @Override
  public String name(TaskId task) {
    return "stage " + plan.stages().get(task.stage()).name() + ", slot " + task.slot();
  }

  @Override
  public void tooManyFailures(Throwable last) {
    attempt().fail(new CheckpointsFailedException(settings.checkpoints().failuresMax(), last));
  }
}
