package dev.lintel.runner.job;

import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Moves work that can be done in any slot from tasks that have some to tasks of the same stage that
 * have none, and tells all of them when nobody has any left. What is given away is with the
 * coordinator on its way, and its receiver counts as working from then on.
 *
 * <p><i>Ownership:</i> the coordinator. Pure logic.
 */
final class WorkSharing {
  private final Map<Integer, Stage> stages = new HashMap<>();
  private final BiConsumer<TaskId, TaskCommand> command;

  /** A checkpoint is being taken: what is given away then would be in it twice, or not at all. */
  private boolean paused;

  /** The tasks of one stage. */
  private static final class Stage {
    /** In the order of their slots. */
    final Set<TaskId> tasks = new LinkedHashSet<>();

    /** Without work, and without more to come, in the order in which they said so. */
    final Deque<TaskId> wanting = new ArrayDeque<>();

    /** Asked to give work away, and have not answered. */
    final Set<TaskId> asked = new HashSet<>();

    /** Could not divide what they have: they are asked again when they have reported progress. */
    final Set<TaskId> refused = new HashSet<>();

    boolean done;
  }

  WorkSharing(Set<TaskId> all, BiConsumer<TaskId, TaskCommand> command) {
    this.command = command;
    for (TaskId each : all) {
      stages.computeIfAbsent(each.stage(), unused -> new Stage()).tasks.add(each);
    }
  }

  private Stage stage(TaskId task) {
    Stage stage = stages.get(task.stage());
    if (stage == null) {
      throw new IllegalStateException("Expected a stage with the task " + task);
    }
    return stage;
  }

  /**
   * Work stays where it is from now on. Who has been asked for some is to answer: it may have an
   * element that can't be divided, and would wait with the answer for as long as it takes.
   *
   * @return false if somebody has been asked for work and has not answered: nobody is asked again
   *     before {@link #resume}, but what is given is still handed on
   */
  boolean pause() {
    if (!paused) {
      paused = true;
      stages.values().stream()
          .flatMap(each -> each.asked.stream())
          .forEach(each -> command.accept(each, new TaskCommand.AnswerRequest()));
    }
    return stages.values().stream().allMatch(each -> each.asked.isEmpty());
  }

  void resume() {
    paused = false;
    stages.values().forEach(this::match);
  }

  void wanted(TaskEvent.WorkWanted event) {
    Stage stage = stage(event.task());
    stage.wanting.add(event.task());
    match(stage);
  }

  void shared(TaskEvent.WorkShared event) {
    Stage stage = stage(event.task());
    stage.asked.remove(event.task());
    if (event.work().isEmpty()) {
      stage.refused.add(event.task());
    } else {
      // Nobody wants it any more: it goes back, as the giver no longer has it.
      TaskId taker = stage.wanting.isEmpty() ? event.task() : stage.wanting.poll();
      command.accept(taker, new TaskCommand.TakeWork(event.work()));
    }
    match(stage);
  }

  void progressed(TaskId task) {
    Stage stage = stage(task);
    if (stage.refused.remove(task)) {
      match(stage);
    }
  }

  /** Asks as many tasks for work as want some, or says that there is none. */
  private void match(Stage stage) {
    if (stage.done || paused) {
      return;
    }
    if (stage.asked.isEmpty() && stage.wanting.size() == stage.tasks.size()) {
      stage.done = true;
      stage.tasks.forEach(each -> command.accept(each, new TaskCommand.NoMoreWork()));
      return;
    }
    for (TaskId each : stage.tasks) {
      if (stage.asked.size() >= stage.wanting.size()) {
        return;
      }
      if (!stage.wanting.contains(each)
          && !stage.asked.contains(each)
          && !stage.refused.contains(each)) {
        stage.asked.add(each);
        command.accept(each, new TaskCommand.ShareWork());
      }
    }
  }
}
