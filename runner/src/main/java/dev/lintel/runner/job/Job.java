package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.metrics.MetricsPush;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.operator.OperatorFactory.SourceControl;
import dev.lintel.runner.sideinput.RestoredPanes;
import dev.lintel.runner.task.Closing;
import dev.lintel.runner.task.Task;
import dev.lintel.runner.task.TaskAssembly;
import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskLoop;
import dev.lintel.runner.task.TaskProgress;
import dev.lintel.state.TaskState;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running pipeline. Its coordinator thread handles one message after the other: events of tasks,
 * and requests of the methods here, which may be called from any thread.
 */
public final class Job {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);
  private static final long PROGRESS_MILLIS = 500;

  private final ExecutionPlan plan;
  private final JobSettings settings;
  private final TaskNetwork network;
  private final Coordinator coordinator;
  private final BlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<JobOutcome> outcome = new CompletableFuture<>();
  private final ProgressReport progressReport;
  private final TaskStop stop;
  private final @Nullable MetricsPush metricsPush;
  private final Clock clock = Clock.system();
  private final ShutdownCancel shutdown = new ShutdownCancel(this);
  private final JobOutcome lastResort;

  /** Set once, before any thread of the job starts. */
  private @Nullable Thread coordinatorThread;

  private Job(ExecutionPlan plan, JobSettings settings, SourceSplits splits) {
    this.plan = plan;
    this.settings = settings;
    this.network =
        new TaskNetwork(
            plan,
            settings.parallelism(),
            settings.maxParallelism(),
            id -> new TaskLoop(this::taskEvent));
    this.coordinator = new Coordinator(network.loops().keySet(), new Loops(), splits);
    this.progressReport = new ProgressReport(settings.name(), plan, clock);
    this.stop = new TaskStop(network.loops(), settings.stopMillis(), clock);
    this.lastResort = JobOutcome.outOfMemory(settings.name());
    this.metricsPush =
        MetricsPush.of(
            settings.options().as(MetricsOptions.class), "lintel-" + settings.name() + "-metrics");
  }

  /**
   * Builds and starts the tasks of a plan.
   *
   * @throws SourceSplitException if a source can't say what there is to read
   */
  public static Job start(ExecutionPlan plan, JobSettings settings) {
    SourceSplits splits = SourceSplits.of(plan, settings.parallelism(), settings.options());
    Job job = new Job(plan, settings, splits);
    // Every loop has its task before the first thread runs: no command finds a loop without one.
    Map<TaskId, Task> tasks = job.assemble(splits);
    tasks.forEach((id, task) -> job.network.loop(id).attach(task, job.threadName(id)));
    try {
      job.startCoordinator();
    } catch (RuntimeException | Error e) {
      closeAll(tasks.values(), e);
      throw e;
    }
    job.network.loops().values().forEach(TaskLoop::start);
    return job;
  }

  /** Starts all threads but those of the tasks, or none. */
  private void startCoordinator() {
    shutdown.arm(settings.stopMillis());
    try {
      // Not a daemon: it keeps the JVM alive as long as the job runs.
      Thread thread = new Thread(this::coordinate, "lintel-" + settings.name() + "-coordinator");
      coordinatorThread = thread;
      thread.start();
    } catch (RuntimeException | Error e) {
      shutdown.disarm();
      throw e;
    }
  }

  private static void closeAll(Iterable<Task> tasks, Throwable failure) {
    Closing closing = new Closing(failure);
    tasks.forEach(each -> closing.run(each::close));
  }

  private String threadName(TaskId id) {
    return "lintel-" + settings.name() + "-stage-" + id.stage() + "-slot-" + id.slot();
  }

  private Map<TaskId, Task> assemble(SourceSplits splits) {
    boolean scriptedTime =
        plan.stages().stream()
            .flatMap(stage -> stage.operators().stream())
            .anyMatch(Operator.TestStreamRead.class::isInstance);
    TaskAssembly.Settings common =
        new TaskAssembly.Settings(
            settings.options(),
            settings.maxParallelism(),
            settings.limits(),
            settings.storage().spill(),
            clock,
            scriptedTime,
            false,
            settings.name(),
            settings.name(),
            new RestoredPanes(settings.storage().spill()));
    Map<TaskId, Task> tasks = new LinkedHashMap<>();
    try {
      for (TaskId id : network.loops().keySet()) {
        Stage stage = plan.stages().get(id.stage());
        tasks.put(
            id,
            new TaskAssembly(stage, id, network.edges(id), common)
                .assemble(() -> openState(id), new Sources(id, splits), this::taskEvent));
      }
    } catch (RuntimeException | Error e) {
      closeAll(tasks.values(), e);
      throw e;
    }
    return tasks;
  }

  private TaskState openState(TaskId id) {
    return settings
        .storage()
        .backend()
        .open(
            "stage-" + id.stage() + "-slot-" + id.slot(),
            network.keyGroups(id),
            settings.maxParallelism());
  }

  private void taskEvent(TaskEvent event) {
    if (!outcome.isDone()) {
      message(() -> coordinator.handle(event));
    } else if (event instanceof TaskEvent.Failed failed) {
      LOG.warn(
          "{}, which had been given up, has failed", threadName(event.task()), failed.failure());
    } else if (event instanceof TaskEvent.Cancelled) {
      LOG.info("{}, which had been given up, has ended and is closed", threadName(event.task()));
    }
  }

  /** Has the coordinator's thread do something. Any thread. */
  void message(Runnable message) {
    messages.add(message);
  }

  private void coordinate() {
    Throwable coordinatorFailure = null;
    try {
      if (metricsPush != null) {
        metricsPush.start();
      }
      while (!coordinator.isDone()) {
        Runnable message = messages.poll(stop.waitMillis(PROGRESS_MILLIS), TimeUnit.MILLISECONDS);
        if (message != null) {
          message.run();
        } else {
          lookAfterThreads();
        }
        report();
      }
    } catch (Throwable e) {
      coordinatorFailure = e;
      beginStop();
    }
    end(coordinatorFailure);
  }

  /**
   * With no memory left the first use of almost anything can fail. It succeeds at last, as the
   * tasks that have been told to stop give back what they hold. No lambdas here: they allocate.
   */
  private void beginStop() {
    while (!stop.hasBegun()) {
      try {
        stop.begin();
      } catch (Throwable e) {
        Thread.onSpinWait();
      }
    }
  }

  /** As with {@link #beginStop}. */
  private void endWithLastResort() {
    while (!outcome.isDone()) {
      try {
        outcome.complete(lastResort);
      } catch (Throwable e) {
        Thread.onSpinWait();
      }
    }
  }

  /** Finds the tasks that no message will come of: dead threads, and stuck ones. */
  private void lookAfterThreads() {
    List<TaskId> terminated = stop.terminated(coordinator.alive());
    runMessages();
    for (TaskId each : terminated) {
      if (coordinator.alive().contains(each)) {
        coordinator.handle(stop.died(each));
      }
    }
    stop.overdue(List.copyOf(coordinator.alive())).forEach(coordinator::handle);
  }

  private void runMessages() {
    for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
      message.run();
    }
  }

  private void report() {
    progressReport.update(coordinator.progress());
    if (metricsPush != null) {
      long now = clock.millis();
      if (metricsPush.isDue(now)) {
        metricsPush.offer(coordinator.metrics(), now);
      }
    }
  }

  /**
   * Frees what the job holds, and only then says how it has ended. It always says so: if there is
   * no memory left for it even after the tasks have ended, with a failure that was made before.
   */
  private void end(@Nullable Throwable coordinatorFailure) {
    try {
      List<TaskEvent> stuck = stop.join(coordinator.lost());
      network.clear();
      progressReport.end();
      outcome.complete(close(stuck, coordinatorFailure));
    } catch (Throwable e) {
      endWithLastResort();
    } finally {
      shutdown.disarm();
      messages.forEach(Runnable::run);
    }
  }

  private JobOutcome close(List<TaskEvent> stuck, @Nullable Throwable coordinatorFailure) {
    stuck.forEach(coordinator::handle);
    List<JobFailedException> failures = new ArrayList<>();
    if (coordinatorFailure != null) {
      failures.add(failure("the coordinator", coordinatorFailure));
    }
    coordinator.failures().forEach(each -> failures.add(failure(each.task(), each.cause())));
    MetricsSnapshot metrics = coordinator.metrics();
    Closing closing = new Closing();
    closing.run(settings.storage()::close);
    closing.run(() -> endMetricsPush(metrics));
    if (closing.first() != null) {
      failures.add(failure("its end", closing.first()));
    }
    return JobOutcome.of(failures, coordinator.isCancelled(), metrics);
  }

  private void endMetricsPush(MetricsSnapshot last) {
    if (metricsPush != null) {
      metricsPush.end(last, settings.stopMillis());
    }
  }

  private JobFailedException failure(String doing, Throwable cause) {
    return JobFailedException.outsideOfTasks(settings.name(), doing, cause);
  }

  private JobFailedException failure(TaskId task, Throwable cause) {
    String stage = plan.stages().get(task.stage()).name();
    return JobFailedException.of(settings.name(), stage, task, cause);
  }

  public JobState state() {
    return outcome.isDone() ? outcome.join().state() : JobState.RUNNING;
  }

  /**
   * Asks the job to stop; {@link #await} tells when it has, which is after the time to stop at the
   * latest. No effect on a job that has ended.
   */
  public void cancel() {
    message(coordinator::cancel);
  }

  /**
   * Asks the job to read no more of its sources without an end, and to end with what it has read:
   * every window fires. {@link #await} tells when it has.
   */
  public void drain() {
    message(coordinator::drain);
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
      if (coordinatorThread != null) {
        coordinatorThread.join();
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

  /** The user's metrics: the newest that the tasks have reported. */
  public MetricsSnapshot metrics() {
    return outcome.isDone() ? outcome.join().metrics() : ask(coordinator::metrics);
  }

  /** How far each task is: the newest that it has reported. */
  public Map<TaskId, TaskProgress> progress() {
    return ask(() -> Map.copyOf(coordinator.progress()));
  }

  /** Has the coordinator's thread answer, or answers here if the job has ended. */
  private <T> T ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    message(
        () -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
          }
        });
    if (outcome.isDone()) {
      return question.get();
    }
    return answer.join();
  }

  private final class Loops implements Coordinator.Tasks {
    @Override
    public void command(TaskId task, TaskCommand command) {
      network.loop(task).command(command);
    }

    @Override
    public void cancelAll() {
      stop.begin();
    }
  }

  private final class Sources implements SourceControl {
    private final TaskId id;
    private final SourceSplits splits;

    Sources(TaskId id, SourceSplits splits) {
      this.id = id;
      this.splits = splits;
    }

    @Override
    public void requestSplit() {
      taskEvent(new TaskEvent.SplitRequested(id));
    }

    @Override
    public void awaitQuiescence() {
      taskEvent(new TaskEvent.QuiescenceAwaited(id));
    }

    @Override
    public void advanceProcessingTime(long byMillis) {
      taskEvent(new TaskEvent.ProcessingTimeAdvanced(id, byMillis));
    }

    @Override
    public long idleSplitMillis() {
      return settings.idleSplitMillis();
    }

    @Override
    public List<? extends UnboundedSource<?, ?>> unboundedSplits(Operator.UnboundedRead read) {
      return splits.of(read, id.slot());
    }
  }
}
