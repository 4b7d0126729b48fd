package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.manifest.JobEntry;
import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.checkpoint.storage.UndecidedException;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.job.checkpoint.CheckpointCoordinator;
import dev.lintel.runner.job.checkpoint.CheckpointLocation;
import dev.lintel.runner.job.checkpoint.CheckpointRequest;
import dev.lintel.runner.job.checkpoint.CheckpointRequest.Purpose;
import dev.lintel.runner.job.checkpoint.CheckpointSource;
import dev.lintel.runner.job.checkpoint.CheckpointStore;
import dev.lintel.runner.job.checkpoint.CheckpointStore.StoredTask;
import dev.lintel.runner.job.checkpoint.CheckpointUnderWay;
import dev.lintel.runner.job.checkpoint.FaultyStore;
import dev.lintel.runner.job.checkpoint.PlanCheck;
import dev.lintel.runner.job.checkpoint.StoredCheckpoints;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskId;
import dev.lintel.translation.plan.ExecutionPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a {@link CheckpointCoordinator} decides, with the tasks of the attempt and the store:
 * gathers what belongs to the checkpoint that is under way, and keeps what the newest complete one
 * has told.
 *
 * <p><i>Ownership:</i> whoever starts the job, then the coordinator's thread. The store answers on
 * any thread; the mailbox brings its answers to the coordinator's.
 *
 * <p><i>Invariants:</i> what is answered to an earlier checkpoint never becomes part of a later
 * one. What counts as committed is what had been counted at the newest complete checkpoint, never
 * at one that is under way.
 */
final class CheckpointSteps implements CheckpointCoordinator.Steps {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointSteps.class);

  private final ExecutionPlan plan;
  private final JobSettings settings;
  private final Clock clock;
  private final Attempt.Mailbox mailbox;
  private final Supplier<Attempt> attempt;
  private final @Nullable CheckpointStore store;
  private final CheckpointCoordinator coordinator;
  private final CheckpointMetrics counts = new CheckpointMetrics();

  /** Of the checkpoint that is under way: what is left of the sources, and whether they drain. */
  private Map<String, List<byte[]>> splitsLeft = Map.of();

  /** Of the checkpoint that is under way: the stored tasks. */
  private final List<StoredTask> stored = new ArrayList<>();

  /** Of the checkpoint that is being made real. */
  private MetricsSnapshot metrics = MetricsSnapshot.empty();

  private MetricsSnapshot committed = MetricsSnapshot.empty();
  private JobReport.@Nullable Checkpoint lastReport;
  private boolean fenced;
  private boolean undecided;

  /**
   * Claims the job, if checkpoints are taken.
   *
   * @param attempt whose tasks there are at the time
   */
  CheckpointSteps(
      ExecutionPlan plan,
      JobSettings settings,
      JobHost host,
      Attempt.Mailbox mailbox,
      Supplier<Attempt> attempt) {
    this.plan = plan;
    this.settings = settings;
    this.clock = host.clock();
    this.mailbox = mailbox;
    this.attempt = attempt;
    CheckpointLocation location = settings.location();
    this.store = location == null ? null : open(location, host);
    this.coordinator = new CheckpointCoordinator(settings.checkpoints(), clock, this);
  }

  private CheckpointStore open(CheckpointLocation location, JobHost host) {
    CheckpointStore opened =
        new StoredCheckpoints(
            location,
            new PlanCheck(plan, settings.name(), settings.parallelism(), location),
            host,
            this::fenced);
    return settings.faults() == null
        ? opened
        : new FaultyStore(opened, settings.faults().ofStorage());
  }

  /** Who decides, and wants the answers to these steps. */
  CheckpointCoordinator coordinator() {
    return coordinator;
  }

  /** What the next attempt begins with; null: nothing. */
  @Nullable CheckpointSource latest() {
    if (undecided && store != null) {
      undecided = false;
      store.reopen();
    }
    return store == null ? null : store.latest();
  }

  /** The next attempt goes on from a checkpoint. */
  void restored(long number, MetricsSnapshot counted) {
    coordinator.restored(number);
    committed = counted;
  }

  /** Where checkpoints go. Only called where some are taken. */
  CheckpointStore store() {
    if (store == null) {
      throw new IllegalStateException("Expected a store of checkpoints in " + settings.name());
    }
    return store;
  }

  /** Another run has taken over the job: this one is not to go on. */
  boolean isFenced() {
    return fenced;
  }

  /** What was counted of the checkpoints themselves. */
  MetricsSnapshot counts() {
    return counts.snapshot();
  }

  /** What had been counted at the newest complete checkpoint. */
  MetricsSnapshot committed() {
    return committed;
  }

  /** The newest checkpoint that this run has completed; null if there is none. */
  JobReport.@Nullable Checkpoint lastReport() {
    return lastReport;
  }

  private Coordinator tasks() {
    return attempt.get().coordinator();
  }

  @Override
  public void prepare() {
    tasks().commandAll(new TaskCommand.PrepareSnapshot());
  }

  @Override
  public boolean mayBegin() {
    return tasks().pauseSharing();
  }

  @Override
  public long number(CheckpointRequest request) {
    try {
      return store().begin(request.path());
    } catch (RuntimeException e) {
      store().giveUp();
      tasks().resumeSharing();
      throw e;
    }
  }

  @Override
  public void begin(CheckpointUnderWay checkpoint) {
    stored.clear();
    splitsLeft = new HashMap<>(attempt.get().splitsLeft());
    if (tasks().isDraining()) {
      splitsLeft.put(JobEntry.DRAINING, List.of());
    }
    boolean portable = checkpoint.request().path() != null;
    boolean stops = checkpoint.request().purpose() == Purpose.STOP;
    tasks().commandAll(new TaskCommand.BeginCheckpoint(checkpoint.number(), portable, stops));
  }

  @Override
  public void store(CheckpointUnderWay checkpoint, TaskId task, TaskSnapshot snapshot) {
    long number = checkpoint.number();
    answer(
        number,
        store().store(snapshot),
        entry -> {
          // What is answered to an earlier checkpoint is not this one's.
          if (coordinator.isUnderWay(number)) {
            stored.add(entry);
            coordinator.stored(number);
          }
        });
  }

  @Override
  public void decide(CheckpointUnderWay checkpoint) {
    metrics = MetricsSnapshot.merge(List.of(attempt.get().metricsBefore(), checkpoint.metrics()));
    CheckpointStore.Content content =
        new CheckpointStore.Content(
            attempt.get().maxParallelism(), false, splitsLeft, metrics, List.copyOf(stored));
    answer(
        checkpoint.number(),
        store().complete(content),
        done -> coordinator.completed(checkpoint.number()));
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
      attempt.get().fail(cause);
    }
    coordinator.failed(number, cause);
  }

  /** Any thread. */
  private void fenced(FencedException cause) {
    mailbox.message(() -> failed(coordinator.numberUnderWay(), cause));
  }

  @Override
  public void completed(CheckpointUnderWay checkpoint) {
    LOG.debug(
        "Checkpoint {} of job {} is complete after {} ms",
        checkpoint.number(),
        settings.name(),
        clock.millis() - checkpoint.startMillis());
    tasks().resumeSharing();
    committed = metrics;
    lastReport =
        JobReport.Checkpoint.of(
            checkpoint,
            clock.millis(),
            store().storedBytes(),
            stored.stream().map(StoredTask::entry).toList());
    counts.completed(lastReport);
    tasks().commandAll(new TaskCommand.CheckpointCompleted(checkpoint.number()));
    if (checkpoint.request().purpose() == Purpose.STOP) {
      tasks().commandAll(new TaskCommand.End());
    }
  }

  @Override
  public void giveUp(CheckpointUnderWay checkpoint, Throwable cause) {
    LOG.warn(
        "Checkpoint {} of job {} has failed: {}",
        checkpoint.number(),
        settings.name(),
        String.valueOf(cause));
    store().giveUp();
    counts.failed();
    tasks().resumeSharing();
    tasks().commandAll(new TaskCommand.GiveUpCheckpoint(checkpoint.number()));
  }

  @Override
  public String name(TaskId task) {
    return "stage " + plan.stages().get(task.stage()).name() + ", slot " + task.slot();
  }

  @Override
  public void tooManyFailures(Throwable last) {
    attempt.get().fail(new CheckpointsFailedException(settings.checkpoints().failuresMax(), last));
  }
}
