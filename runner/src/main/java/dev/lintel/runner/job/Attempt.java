package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.fault.Faults;
import dev.lintel.runner.job.Coordinator.TaskFailure;
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
import dev.lintel.state.TaskState;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.UnboundedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a job's tasks, from when they are built until all have ended. A job that goes on
 * after a failure has several, one after the other.
 *
 * <p><i>Ownership:</i> whoever begins the job until the tasks are started, then the coordinator's
 * thread.
 */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  private final ExecutionPlan plan;
  private final JobSettings settings;
  private final int number;
  private final JobStart start;
  private final JobHost host;
  private final Clock clock;
  private final Mailbox mailbox;
  private final TaskNetwork network;
  private final Coordinator coordinator;
  private final TaskStop stop;
  private final List<JobFailedException> otherFailures = new ArrayList<>();

  /** Written by the coordinator's thread, read by tasks that were given up. */
  private volatile boolean over;

  /** How a task's message becomes the coordinator thread's work. Any thread. */
  interface Mailbox {
    void message(Runnable message);
  }

  /**
   * @param number counts the job's attempts
   * @param start what the tasks begin with
   */
  Attempt(
      ExecutionPlan plan,
      JobSettings settings,
      int number,
      JobStart start,
      JobHost host,
      Mailbox mailbox,
      Coordinator.Checkpoints checkpoints) {
    this.plan = plan;
    this.settings = settings;
    this.number = number;
    this.start = start;
    this.host = host;
    this.clock = host.clock();
    this.mailbox = mailbox;
    this.network =
        new TaskNetwork(
            plan,
            settings.parallelism(),
            settings.maxParallelism(),
            id -> host.loop(this::taskEvent),
            host::channel);
    this.stop = new TaskStop(network.loops(), settings.stopMillis(), clock);
    this.coordinator =
        new Coordinator(network.loops().keySet(), new Loops(), start.splits(), checkpoints);
  }

  /** Builds all tasks, or none. */
  void assemble() {
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
            new TaskAssembly.Checkpointing(
                settings.checkpoints().enabled(),
                settings.checkpoints().holdsBack(),
                settings.checkpoints().alignmentTimeoutMillis(),
                start.gears()),
            settings.location() == null ? settings.name() : settings.location().jobId(),
            host.uniqueId(),
            new RestoredPanes(settings.storage().spill()));
    Map<TaskId, Task> tasks = new LinkedHashMap<>();
    try {
      // All at once, while the tasks are built one by one.
      network
          .loops()
          .keySet()
          .forEach(id -> start.prepareState(id, stateName(id), network.keyGroups(id)));
      for (TaskId id : network.loops().keySet()) {
        Stage stage = plan.stages().get(id.stage());
        tasks.put(
            id,
            new TaskAssembly(stage, id, network.edges(id), common, faults(id))
                .assemble(() -> openState(id), new Sources(id), start.task(id), this::taskEvent));
      }
      // All that is restored is there and whole, whenever it will be needed.
      start.awaitStates();
    } catch (RuntimeException | Error e) {
      closeAll(tasks.values(), e);
      throw e;
    }
    // Every loop has its task before the first thread runs: no command finds a loop without one.
    tasks.forEach((id, task) -> network.loop(id).attach(task, threadName(id)));
  }

  private Faults.@Nullable Trigger faults(TaskId id) {
    return settings.faults() == null
        ? null
        : settings.faults().ofTask(number, id.stage(), id.slot());
  }

  private void closeAll(Iterable<Task> tasks, Throwable failure) {
    Closing closing = new Closing(failure);
    tasks.forEach(each -> closing.run(each::close));
    closing.run(start::closeStates);
  }

  /** Lets go of tasks that were assembled, and will not be started. */
  void abandon(Throwable failure) {
    Closing closing = new Closing(failure);
    network.loops().values().forEach(each -> closing.run(each::closeUnstarted));
    closing.run(start::closeStates);
  }

  private String threadName(TaskId id) {
    return "lintel-" + settings.name() + "-stage-" + id.stage() + "-slot-" + id.slot();
  }

  private String stateName(TaskId id) {
    return "attempt-" + number + "-stage-" + id.stage() + "-slot-" + id.slot();
  }

  private TaskState openState(TaskId id) {
    return start.openState(stateName(id), network.keyGroups(id));
  }

  void startThreads() {
    network.loops().values().forEach(TaskLoop::start);
  }

  /** Any thread. */
  private void taskEvent(TaskEvent event) {
    if (!over) {
      mailbox.message(() -> handle(event));
    } else if (event instanceof TaskEvent.Failed failed) {
      LOG.warn(
          "{}, which had been given up, has failed", threadName(event.task()), failed.failure());
    } else if (event instanceof TaskEvent.Cancelled) {
      LOG.info("{}, which had been given up, has ended and is closed", threadName(event.task()));
    }
  }

  private void handle(TaskEvent event) {
    if (!over) {
      coordinator.handle(event);
    } else if (event instanceof TaskEvent.SnapshotTaken taken) {
      taken.snapshot().close();
    }
  }

  Coordinator coordinator() {
    return coordinator;
  }

  TaskStop stop() {
    return stop;
  }

  /**
   * Finds the tasks that no message will come of: dead threads, and stuck ones.
   *
   * @param runMessages has the messages handled that have come already
   */
  void lookAfterThreads(Runnable runMessages) {
    List<TaskId> terminated = stop.terminated(coordinator.alive());
    runMessages.run();
    for (TaskId each : terminated) {
      if (coordinator.alive().contains(each)) {
        coordinator.handle(stop.died(each));
      }
    }
    stop.overdue(List.copyOf(coordinator.alive())).forEach(coordinator::handle);
  }

  /**
   * All tasks have ended: waits for their threads. What they say from now on is not heard. Even if
   * it fails, it lets go of what they held: whoever goes on then may need the memory.
   */
  void end() {
    try {
      stop.join(coordinator.lost()).forEach(coordinator::handle);
    } finally {
      over = true;
      network.clear();
      start.closeStates();
    }
  }

  /** What the tasks have failed with, the first failure first. */
  List<JobFailedException> failures() {
    List<JobFailedException> failures = new ArrayList<>(otherFailures);
    for (TaskFailure each : coordinator.failures()) {
      String stage = plan.stages().get(each.task().stage()).name();
      failures.add(JobFailedException.of(settings.name(), stage, each.task(), each.cause()));
    }
    return failures;
  }

  /** The number of key groups. */
  int maxParallelism() {
    return settings.maxParallelism();
  }

  /** What nobody has begun to read, by transform. */
  Map<String, List<byte[]>> splitsLeft() {
    return start.splits().left();
  }

  /** Has the attempt fail with something that is not a task's. */
  void fail(Throwable cause) {
    otherFailures.add(JobFailedException.outsideOfTasks(settings.name(), "its checkpoints", cause));
    stop.begin();
  }

  /** What had been counted before the attempt. */
  MetricsSnapshot metricsBefore() {
    return start.metrics();
  }

  /** Of all tasks, and of what was before the attempt. */
  MetricsSnapshot metrics() {
    return MetricsSnapshot.merge(List.of(start.metrics(), coordinator.metrics()));
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

    Sources(TaskId id) {
      this.id = id;
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
      return start.splits().of(read, id.slot());
    }
  }
}
