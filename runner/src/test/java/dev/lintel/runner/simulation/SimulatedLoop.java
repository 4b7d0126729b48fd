package dev.lintel.runner.simulation;

import dev.lintel.runner.checkpoint.storage.FaultyProcess.Crash;
import dev.lintel.runner.task.Closing;
import dev.lintel.runner.task.Task;
import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskLoop;
import dev.lintel.runner.task.TaskProgress;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A task that has its turns when the story says so. */
final class SimulatedLoop implements TaskLoop {
  private final SimulatedProcess process;
  private final Consumer<TaskEvent> coordinator;
  private @Nullable Task task;
  private String name = "?";
  private boolean started;
  private boolean opened;
  private boolean cancelled;
  private boolean terminated;

  /** The turn is not over: the task waits for its consumers in it. */
  private boolean busy;

  private TaskProgress last = TaskProgress.NONE;

  SimulatedLoop(SimulatedProcess process, Consumer<TaskEvent> coordinator) {
    this.process = process;
    this.coordinator = coordinator;
  }

  @Override
  public void attach(Task newTask, String newName) {
    task = newTask;
    name = newName;
  }

  @Override
  public void start() {
    started = true;
    process.add(this);
  }

  @Override
  public void closeUnstarted() {
    Task attached = task;
    task = null;
    if (attached != null) {
      attached.close();
    }
  }

  @Override
  public void command(TaskCommand command) {
    if (task != null) {
      task.command(command);
    }
  }

  boolean isReady() {
    return started && !terminated && !busy;
  }

  /** One turn. */
  void turn() {
    Task current = task;
    if (current == null) {
      throw new IllegalStateException("Expected a task in " + name);
    }
    busy = true;
    try {
      if (!opened) {
        opened = true;
        current.open();
      } else if (cancelled || current.isFinished()) {
        end(current, null);
      } else {
        current.doWork();
        check(current.progress());
      }
    } catch (Crash e) {
      throw e;
    } catch (Throwable e) {
      end(current, e);
    } finally {
      busy = false;
    }
  }

  private void check(TaskProgress now) {
    World world = World.get();
    if (now.inputWatermarkMillis() < last.inputWatermarkMillis()
        || now.outputWatermarkMillis() < last.outputWatermarkMillis()) {
      world.violate("Expected watermarks to grow, but " + name + " had " + last + ", now " + now);
    }
    if (now.outputWatermarkMillis() > now.inputWatermarkMillis()) {
      world.violate("Expected no output watermark past the input's, but " + name + " has " + now);
    }
    last = now;
  }

  /** As the thread of a task does it. */
  private void end(Task ending, @Nullable Throwable failure) {
    Throwable cause = cancelled ? null : failure;
    Closing closing = cause == null ? new Closing() : new Closing(cause);
    closing.run(ending::close);
    process.checkAlive();
    terminated = true;
    task = null;
    Throwable first = closing.first();
    if (first != null) {
      process.trace(name + " fails: " + first);
      coordinator.accept(new TaskEvent.Failed(ending.id(), first, ending.metrics()));
    } else if (cancelled) {
      coordinator.accept(new TaskEvent.Cancelled(ending.id(), ending.metrics()));
    } else {
      coordinator.accept(
          new TaskEvent.Finished(
              ending.id(), ending.progress(), ending.frameCounts(), ending.metrics()));
    }
  }

  /** For consumers that are behind. */
  @Override
  public void await() {
    if (cancelled) {
      throw new CancellationException("The job was cancelled");
    }
    process.taskTurn();
  }

  @Override
  public void wake() {}

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void markCancelled() {
    cancelled = true;
  }

  @Override
  public void interrupt() {}

  @Override
  public boolean join(long millis) {
    while (isReady()) {
      turn();
    }
    return !started || terminated;
  }

  @Override
  public boolean isTerminated() {
    return terminated;
  }

  @Override
  public @Nullable Throwable diedOf() {
    return null;
  }

  @Override
  public StackTraceElement[] stack() {
    return new StackTraceElement[0];
  }

  @Override
  public @Nullable String stuckStep() {
    return null;
  }

  @Override
  public String toString() {
    return name;
  }

  /** With what is known of its task. */
  String describe() {
    return name + (opened ? "" : ", not open") + (terminated ? ", ended" : "") + ": " + last;
  }
}
