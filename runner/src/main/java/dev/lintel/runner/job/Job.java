package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.operator.OperatorFactory.SourceControl;
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
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final ProgressReport progressReport;

  /** How a job has ended. */
  private record Outcome(
      JobState state, MetricsSnapshot metrics, @Nullable JobFailedException failure) {}

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
    this.progressReport = new ProgressReport(settings.name(), plan, Clock.system());
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
    job.assemble(splits)
        .forEach((id, task) -> job.network.loop(id).attach(task, job.threadName(id)));
    new Thread(job::coordinate, "lintel-" + settings.name() + "-coordinator").start();
    job.network.loops().values().forEach(TaskLoop::start);
    return job;
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
            settings.spill(),
            Clock.system(),
            scriptedTime);
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
      tasks.values().forEach(Task::close);
      throw e;
    }
    return tasks;
  }

  private TaskState openState(TaskId id) {
    return settings
        .backend()
        .open(
            "stage-" + id.stage() + "-slot-" + id.slot(),
            network.keyGroups(id),
            settings.maxParallelism());
  }

  private void taskEvent(TaskEvent event) {
    messages.add(() -> coordinator.handle(event));
  }

  private void coordinate() {
    try {
      while (!coordinator.isDone()) {
        Runnable message = messages.poll(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        if (message != null) {
          message.run();
        }
        progressReport.update(coordinator.progress());
      }
      end(null);
    } catch (Throwable e) {
      LOG.error("The coordinator of job {} failed", settings.name(), e);
      network.loops().values().forEach(TaskLoop::cancel);
      end(e);
    }
  }

  /** Frees what the job holds, and only then says how it has ended. */
  private void end(@Nullable Throwable coordinatorFailure) {
    progressReport.end();
    JobFailedException failure = null;
    Coordinator.TaskFailure taskFailure = coordinator.failure();
    if (coordinatorFailure != null) {
      failure = failure(new TaskId(0, 0), coordinatorFailure);
    } else if (taskFailure != null) {
      failure = failure(taskFailure.task(), taskFailure.cause());
    }
    try {
      for (TaskLoop loop : network.loops().values()) {
        loop.join(Long.MAX_VALUE);
      }
      freeStorage();
    } catch (InterruptedException | RuntimeException e) {
      if (failure == null) {
        failure = failure(new TaskId(0, 0), e);
      } else {
        failure.addSuppressed(e);
      }
    }
    JobState state =
        failure != null
            ? JobState.FAILED
            : coordinator.isCancelled() ? JobState.CANCELLED : JobState.DONE;
    outcome.complete(new Outcome(state, coordinator.metrics(), failure));
    messages.forEach(Runnable::run);
  }

  private void freeStorage() {
    try {
      settings.spill().directory().close();
    } finally {
      settings.backend().close();
    }
  }

  private JobFailedException failure(TaskId task, Throwable cause) {
    String stage = plan.stages().get(task.stage()).name();
    return JobFailedException.of(settings.name(), stage, task, cause);
  }

  public JobState state() {
    return outcome.isDone() ? outcome.join().state() : JobState.RUNNING;
  }

  /** Asks the job to stop; {@link #await} tells when it has. No effect on a job that has ended. */
  public void cancel() {
    messages.add(coordinator::cancel);
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
      Outcome end = outcome.get(millis, TimeUnit.MILLISECONDS);
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
    messages.add(() -> answer.complete(question.get()));
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
      network.loops().values().forEach(TaskLoop::cancel);
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
