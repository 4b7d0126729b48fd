package dev.lintel.runner.job;

import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskProgress;
import dev.lintel.runner.watermark.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.io.BoundedSource;
import org.jspecify.annotations.Nullable;

/**
 * Answers the tasks' messages: hands out splits, detects quiescence for scripts, gathers metrics
 * and progress, and decides how the job has ended. The first failure cancels every other task.
 *
 * <p>Pure logic over messages; <i>Ownership:</i> the job's coordinator thread.
 */
final class Coordinator {
  private final Tasks tasks;
  private final SourceSplits splits;
  private final WorkSharing sharing;
  private final Checkpoints checkpoints;
  private final Set<TaskId> alive;
  private final Set<TaskId> opening;
  private final QuiescenceDetector quiescence = new QuiescenceDetector();
  private final List<TaskId> awaitingQuiescence = new ArrayList<>();
  private final Map<TaskId, MetricsSnapshot> metrics = new HashMap<>();
  private final Map<TaskId, TaskProgress> progress = new LinkedHashMap<>();
  private long scriptedTimeMillis = Timestamps.MIN_MILLIS;
  private boolean probing;
  private boolean draining;
  private final List<TaskFailure> failures = new ArrayList<>();
  private final Set<TaskId> lost = new HashSet<>();

  /** Those that have done their work, and wait for the others. */
  private final Set<TaskId> done = new HashSet<>();

  /** What a task failed with. */
  record TaskFailure(TaskId task, Throwable cause) {}

  /** How the coordinator reaches the tasks. */
  interface Tasks {
    void command(TaskId task, TaskCommand command);

    /** Tells every task to stop; may be called again. */
    void cancelAll();
  }

  /** Who takes checkpoints of the tasks. */
  interface Checkpoints {
    /** All tasks are open, and begin to work. */
    void begun(Set<TaskId> all);

    /** A task has prepared what can be prepared for a snapshot. */
    void prepared(TaskId task);

    void taken(TaskEvent.SnapshotTaken event);

    /** Somebody waits for a checkpoint and does nothing else. */
    void wanted();

    /** All tasks have done their work: what they did is to become durable, and they may end. */
    void workDone();
  }

  Coordinator(Set<TaskId> all, Tasks tasks, SourceSplits splits, Checkpoints checkpoints) {
    this.alive = new HashSet<>(all);
    this.opening = new HashSet<>(all);
    all.forEach(each -> progress.put(each, TaskProgress.NONE));
    this.tasks = tasks;
    this.splits = splits;
    this.checkpoints = checkpoints;
    this.sharing = new WorkSharing(all, tasks::command);
  }

  void handle(TaskEvent event) {
    if (event instanceof TaskEvent.Opened opened) {
      startWhenAllAreOpen(opened.task());
    } else if (event instanceof TaskEvent.SplitRequested request) {
      assignSplit(request.task());
    } else if (event instanceof TaskEvent.QuiescenceAwaited awaited) {
      awaitingQuiescence.add(awaited.task());
      quiescence.restart();
      probe();
    } else if (event instanceof TaskEvent.ProbeAnswered answer) {
      quiescence.answered(answer.task(), answer.round(), answer.frames());
      completeRound();
    } else if (event instanceof TaskEvent.ProcessingTimeAdvanced advanced) {
      advanceProcessingTime(advanced.byMillis());
    } else if (event instanceof TaskEvent.WorkWanted wanted) {
      sharing.wanted(wanted);
    } else if (event instanceof TaskEvent.WorkShared shared) {
      sharing.shared(shared);
    } else if (event instanceof TaskEvent.Progressed progressed) {
      progress.put(progressed.task(), progressed.progress());
      sharing.progressed(progressed.task());
    } else if (event instanceof TaskEvent.MetricsReported reported) {
      metrics.put(reported.task(), reported.metrics());
    } else if (event instanceof TaskEvent.SnapshotTaken taken) {
      checkpoints.taken(taken);
    } else if (event instanceof TaskEvent.SnapshotPrepared prepared) {
      checkpoints.prepared(prepared.task());
    } else if (event instanceof TaskEvent.CheckpointWanted) {
      checkpoints.wanted();
    } else if (event instanceof TaskEvent.WorkDone finished) {
      endWhenAllAreDone(finished.task());
    } else {
      handleEnd(event);
    }
  }

  private void startWhenAllAreOpen(TaskId task) {
    opening.remove(task);
    if (opening.isEmpty()) {
      commandAll(new TaskCommand.Start());
      if (draining) {
        commandAll(new TaskCommand.Drain());
      }
      checkpoints.begun(alive);
    }
  }

  private void endWhenAllAreDone(TaskId task) {
    done.add(task);
    if (done.size() == alive.size()) {
      checkpoints.workDone();
    }
  }

  /** Tells every task that has not ended. */
  void commandAll(TaskCommand command) {
    alive.forEach(each -> tasks.command(each, command));
  }

  /**
   * No work moves from slot to slot from now on until {@link #resumeSharing}.
   *
   * @return false if somebody has been asked for some and has not answered yet
   */
  boolean pauseSharing() {
    return sharing.pause();
  }

  void resumeSharing() {
    sharing.resume();
  }

  private void handleEnd(TaskEvent event) {
    if (!alive.remove(event.task())) {
      // Given up before; its time is over.
      return;
    }
    if (event instanceof TaskEvent.Finished finished) {
      metrics.put(event.task(), finished.metrics());
      progress.put(event.task(), finished.progress());
      quiescence.ended(event.task(), finished.frames());
      completeRound();
    } else if (event instanceof TaskEvent.Failed failed) {
      metrics.put(event.task(), failed.metrics());
      fail(failed.task(), failed.failure());
    } else if (event instanceof TaskEvent.Lost gone) {
      lost.add(gone.task());
      fail(gone.task(), gone.failure());
    } else if (event instanceof TaskEvent.Cancelled stopped) {
      metrics.put(event.task(), stopped.metrics());
    }
  }

  private void fail(TaskId task, Throwable cause) {
    failures.add(new TaskFailure(task, cause));
    tasks.cancelAll();
  }

  /** A user asked for the job to end with what it has read. May be called before the start. */
  void drain() {
    draining = true;
    commandAll(new TaskCommand.Drain());
  }

  boolean isDraining() {
    return draining;
  }

  private void assignSplit(TaskId task) {
    @Nullable BoundedSource<?> split = splits.next(task.stage());
    tasks.command(
        task, split == null ? new TaskCommand.NoMoreSplits() : new TaskCommand.AssignSplit(split));
  }

  private void advanceProcessingTime(long byMillis) {
    scriptedTimeMillis += byMillis;
    for (TaskId each : alive) {
      tasks.command(each, new TaskCommand.SetProcessingTime(scriptedTimeMillis));
    }
  }

  private void probe() {
    if (!probing && !awaitingQuiescence.isEmpty()) {
      probing = true;
      long round = quiescence.begin(alive);
      for (TaskId each : alive) {
        tasks.command(each, new TaskCommand.Probe(round));
      }
    }
  }

  private void completeRound() {
    if (!probing || !quiescence.isRoundComplete()) {
      return;
    }
    probing = false;
    if (quiescence.isQuiescent()) {
      List<TaskId> released = List.copyOf(awaitingQuiescence);
      awaitingQuiescence.clear();
      released.forEach(each -> tasks.command(each, new TaskCommand.Proceed()));
    } else {
      probe();
    }
  }

  /** Every task has ended. */
  boolean isDone() {
    return alive.isEmpty();
  }

  Set<TaskId> alive() {
    return alive;
  }

  /** All failures; the first is that of the job. */
  List<TaskFailure> failures() {
    return failures;
  }

  /** Tasks that did not end by themselves: their threads may still run. */
  Set<TaskId> lost() {
    return lost;
  }

  /** The newest metrics of all tasks, merged. */
  MetricsSnapshot metrics() {
    List<MetricsSnapshot> all = new ArrayList<>(metrics.values());
    all.add(splits.metrics());
    return MetricsSnapshot.merge(all);
  }

  Map<TaskId, TaskProgress> progress() {
    return progress;
  }
}
