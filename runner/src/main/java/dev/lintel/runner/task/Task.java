package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.metrics.RunningStep;
import dev.lintel.runner.operator.OperatorException;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.runner.operator.WorkSharer;
import dev.lintel.runner.task.TaskEvent.FrameCounts;
import dev.lintel.runner.watermark.Timestamps;
import java.util.function.Consumer;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One stage on one slot, as a duty cycle: the single writer of everything reachable from it.
 *
 * <p>{@link #doWork} takes what is there, works a bounded amount, never waits, and says how much it
 * did. Its order is: the coordinator's commands; what full channels refused before; timers that are
 * due; input; the end of the bundle; the watermark. While an outbox is blocked it does nothing
 * else.
 *
 * <p><i>Ownership:</i> one thread calls everything except {@link #command}. <i>Invariants:</i> the
 * output watermark never passes the input watermark, a hold, or a timer that is due and not fired;
 * it moves only between bundles. <i>Failure:</i> what {@code doWork} throws ends the task; the
 * caller closes it.
 */
public final class Task {
  private static final int TIMERS_PER_CYCLE = 1_000;

  /**
   * How far everybody upstream is, is taken to be the clock less so much. Beam's continuation
   * triggers wait for that, so that a pane of theirs has what upstream emitted together with its
   * first element, and the watermark that came with it.
   */
  private static final long SYNCHRONIZED_LAG_MILLIS = 100;

  private final TaskId id;
  private final TaskParts parts;
  private final Clock clock;
  private final Consumer<TaskEvent> coordinator;
  private final Bundle bundle;
  private final TaskOperators operators;
  private final TaskSource source;
  private final TaskInput input;
  private final TaskOutput output;
  private final MessagePassingQueue<TaskCommand> commands = new MpscUnboundedArrayQueue<>(64);
  private final long reportMillis;

  private final TaskCheckpoints checkpoints;
  private final @Nullable RestoredTask restored;
  private final @Nullable SharedWork sharedWork;
  private @Nullable OperatorException swallowed;
  private long processingTimeMillis = Timestamps.MIN_MILLIS;
  private final boolean scriptedTime;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long nextReportMillis;
  private boolean timersMayBeDue;
  private boolean timeSkipped;
  private long pendingProbe = -1;
  private boolean started;
  private boolean finished;

  /**
   * @param restored null if the job begins anew
   * @param coordinator where events go
   */
  Task(
      TaskId id,
      TaskParts parts,
      TaskAssembly.Settings settings,
      @Nullable RestoredTask restored,
      Consumer<TaskEvent> coordinator) {
    this.id = id;
    this.parts = parts;
    this.scriptedTime = settings.scriptedTime();
    this.clock = settings.clock();
    this.coordinator = coordinator;
    this.bundle = parts.bundle();
    this.output = new TaskOutput(parts.outboxes());
    this.input = new TaskInput(parts, output, this::readyElementsProcessed);
    this.source = new TaskSource(parts, clock);
    this.operators = new TaskOperators(parts);
    this.checkpoints = new TaskCheckpoints(id, parts, input, output, settings, coordinator);
    this.restored = restored;
    this.sharedWork = sharedWork(settings);
    this.reportMillis = settings.limits().reportMillis();
    this.nextReportMillis = clock.millis() + reportMillis;
  }

  /** Null if there is no other slot, or a script that would have to wait for what is on its way. */
  private @Nullable SharedWork sharedWork(TaskAssembly.Settings settings) {
    if (settings.scriptedTime() || !parts.hasSiblings()) {
      return null;
    }
    WorkSharer sharer = operators.sharer();
    return sharer == null ? null : new SharedWork(id, sharer, coordinator);
  }

  public TaskId id() {
    return id;
  }

  /** Puts a command into the task's mailbox. Any thread. */
  public void command(TaskCommand command) {
    commands.offer(command);
  }

  /** An operator failed; remembered in case user code above swallows the exception. */
  public void operatorFailed(OperatorException failure) {
    if (swallowed == null) {
      swallowed = failure;
    }
  }

  /**
   * Calls the set-up of the operators and opens the source. The task works from the start command
   * on: the first element of a job is processed when every set-up of it has succeeded. Until then
   * its source may connect to what it reads.
   */
  public void open() {
    if (restored != null) {
      checkpoints.restore(restored);
    }
    operators.open();
    source.open();
    coordinator.accept(new TaskEvent.Opened(id));
  }

  /** One cycle; zero if there was nothing to do. */
  public int doWork() {
    int work = cycle();
    if (work > 0) {
      output.wakeConsumers();
    }
    return work;
  }

  private int cycle() {
    long nowMillis = clock.millis();
    bundle.setNow(nowMillis);
    if (!scriptedTime) {
      setProcessingTime(nowMillis);
    }
    int work = commands.drain(this::handle);
    if (!started) {
      // Others may still be set up, which takes those long that connect to something.
      return work + (source.connect() ? 1 : 0);
    }
    work += takePartInCheckpoint(nowMillis);
    if (output.isBlocked()) {
      return work + output.drain();
    }
    if (checkpoints.isResting()) {
      return work;
    }
    work += fireTimers();
    if (!timersMayBeDue) {
      work += takeInput();
      // Before it gives more elements, those that waited: a source could go on for ever.
      work += input.hasReadyElements() ? 0 : source.read(nowMillis);
      work += resumeWork();
    }
    // After the input: a watermark that is there takes effect before a processing-time timer that
    // became due while the task was busy, so that a trigger's last pane is not preceded by a
    // needless
    // early one. An element may also have set an event-time timer that is due already.
    timersMayBeDue |= operators.hasDueTimer();
    if (swallowed != null) {
      throw swallowed;
    }
    boolean idle = work == 0;
    if (bundle.isOpen() && (idle || bundle.isFull())) {
      endBundle();
      work++;
    }
    if (!bundle.isOpen()) {
      work += checkpoints.prepare(idle);
      if (sharedWork != null) {
        sharedWork.update(work == 0 && input.isEnded());
      }
      work += moveWatermark();
      work += finishIfEnded();
    }
    if (work == 0) {
      answerProbe();
    }
    if (nowMillis >= nextReportMillis) {
      nextReportMillis = nowMillis + reportMillis;
      report();
    }
    return work;
  }

  private void handle(TaskCommand command) {
    if (command instanceof TaskCommand.Start) {
      start();
    } else if (command instanceof TaskCommand.SetProcessingTime time) {
      setProcessingTime(time.millis());
    } else if (sharedWork != null && command instanceof TaskCommand.ShareWork) {
      sharedWork.request();
    } else if (sharedWork != null && command instanceof TaskCommand.AnswerRequest) {
      sharedWork.hurry();
    } else if (sharedWork != null && command instanceof TaskCommand.TakeWork take) {
      sharedWork.take(take.work());
    } else if (sharedWork != null && command instanceof TaskCommand.NoMoreWork) {
      sharedWork.end();
    } else if (command instanceof TaskCommand.Drain) {
      drain();
    } else if (command instanceof TaskCommand.Probe probe) {
      pendingProbe = probe.round();
    } else if (!source.handle(command, checkpoints.isSnapshotAwaited())) {
      checkpoints.handle(command);
    }
  }

  /**
   * Nothing that was late at the checkpoint is in time after it, and the next stages hear at once
   * what they had heard.
   */
  private void start() {
    started = true;
    if (restored != null) {
      setInputWatermark(restored.inputWatermarkMillis());
      operators.advanceOutputWatermark(restored.outputWatermarkMillis());
      output.advanceWatermark(restored.outputWatermarkMillis());
    }
  }

  /** The bundle ends before the snapshot, so that no part of its effects is in it. */
  private int takePartInCheckpoint(long nowMillis) {
    checkpoints.record();
    int work = 0;
    if (checkpoints.isSnapshotDue(nowMillis)) {
      if (bundle.isOpen()) {
        endBundle();
      }
      checkpoints.takeSnapshot(inputWatermarkMillis);
      work = 1;
    }
    return checkpoints.isSnapshotAwaited() ? work : work + source.takeSplitAfterSnapshot();
  }

  private void drain() {
    source.drain();
    operators.drain();
  }

  private void setProcessingTime(long millis) {
    if (millis > processingTimeMillis) {
      processingTimeMillis = millis;
      long synchronizedMillis = scriptedTime ? millis : millis - SYNCHRONIZED_LAG_MILLIS;
      operators.advanceProcessingTime(millis, synchronizedMillis);
      source.advanceProcessingTime(millis);
    }
  }

  private int fireTimers() {
    if (!timersMayBeDue) {
      return 0;
    }
    int fired = operators.fireTimers(TIMERS_PER_CYCLE);
    timersMayBeDue = fired == TIMERS_PER_CYCLE;
    return fired + 1;
  }

  private int takeInput() {
    int taken = input.take();
    return source.isThere() ? taken : taken + advanceInputWatermark();
  }

  /** They may have kept the watermark of their operator back. */
  private void readyElementsProcessed(StreamOperator operator) {
    operator.advanceInputWatermark(inputWatermarkMillis);
    timersMayBeDue = true;
  }

  private int resumeWork() {
    // A script has no time left after its end.
    return operators.resume(scriptedTime && inputWatermarkMillis >= Timestamps.MAX_MILLIS);
  }

  /**
   * Passes the merged watermark of the main inputs on to the operators. Before the end of time,
   * processing-time timers of the user's fire: their windows expire with it. In a bounded pipeline
   * there is nothing else to wait for, so they fire at once, as in Beam's batch runners: when the
   * elements that wait for side inputs have set theirs. A script says itself how time goes on, so
   * there they don't.
   *
   * <p>A watermark that makes timers due ends the open bundle first: what was emitted before is
   * handed on before they fire, however long that takes.
   */
  private int advanceInputWatermark() {
    long min = input.watermark();
    if (min <= inputWatermarkMillis) {
      return 0;
    }
    if (min >= Timestamps.MAX_MILLIS && !scriptedTime) {
      if (input.hasWaitingElements()) {
        return 0;
      }
      if (skipProcessingTime()) {
        return 1;
      }
    }
    if (bundle.isOpen() && operators.nextEventTimeMillis() < min) {
      endBundle();
    }
    setInputWatermark(min);
    return 1;
  }

  /** False if there is no timer to fire before the end, or all of them have fired. */
  private boolean skipProcessingTime() {
    if (timeSkipped) {
      return false;
    }
    timeSkipped = true;
    timersMayBeDue |= operators.skipProcessingTime();
    return timersMayBeDue;
  }

  private void setInputWatermark(long millis) {
    inputWatermarkMillis = millis;
    operators.advanceInputWatermark(millis);
    timersMayBeDue = true;
  }

  /**
   * The order at the end of a bundle: finishBundle, outputs, then what follows the commit; the
   * watermark comes last.
   */
  private void endBundle() {
    bundle.finish();
    if (swallowed != null) {
      throw swallowed;
    }
    output.flush();
    operators.bundleCommitted();
    source.bundleCommitted();
  }

  private int moveWatermark() {
    long sourceWatermark = source.watermark();
    if (sourceWatermark > inputWatermarkMillis) {
      setInputWatermark(sourceWatermark);
    }
    // A timer that is due but has not fired yet keeps the watermark back as a hold does.
    long held = Math.min(parts.holds().min(), operators.nextEventTimeMillis());
    long watermark = Math.min(inputWatermarkMillis, held);
    if (watermark < Timestamps.MAX_MILLIS) {
      // A window may reach beyond the end of the global one. All windows expire with that, so what
      // is held until such a window ends would come too late for everybody.
      watermark = Math.min(watermark, Timestamps.GLOBAL_WINDOW_END_MILLIS);
    }
    if (watermark <= output.watermark()) {
      return output.sayIdle(source.isThere() ? source.isIdle() : input.isIdle());
    }
    operators.advanceOutputWatermark(watermark);
    output.advanceWatermark(watermark);
    return 1;
  }

  private int finishIfEnded() {
    if (finished) {
      return checkpoints.workDone();
    }
    if (timersMayBeDue || inputWatermarkMillis < Timestamps.MAX_MILLIS) {
      return 0;
    }
    if (!source.isDone()) {
      return 0;
    }
    if (!input.isEnded() || hasWorkLeft()) {
      if (input.isEnded() && operators.awaitsCheckpoint()) {
        checkpoints.want();
      }
      return 0;
    }
    output.end();
    finished = true;
    return 1;
  }

  private boolean hasWorkLeft() {
    return operators.hasWorkLeft() || (sharedWork != null && sharedWork.isExpected());
  }

  private void answerProbe() {
    if (pendingProbe >= 0) {
      coordinator.accept(new TaskEvent.ProbeAnswered(id, pendingProbe, frameCounts()));
      pendingProbe = -1;
    }
  }

  private void report() {
    coordinator.accept(new TaskEvent.Progressed(id, progress()));
    coordinator.accept(new TaskEvent.MetricsReported(id, parts.metrics().snapshot()));
  }

  /** Everything has been read, done and handed over, or is left to a next start of the job. */
  public boolean isFinished() {
    return (finished || checkpoints.isResting()) && !output.isBlocked() && checkpoints.mayEnd();
  }

  /** Frames sent and received so far. */
  public FrameCounts frameCounts() {
    return new FrameCounts(output.framesSent(), input.framesReceived());
  }

  public TaskProgress progress() {
    return new TaskProgress(
        source.elements() + input.elements(),
        inputWatermarkMillis,
        output.watermark(),
        parts.holds().min());
  }

  public MetricsSnapshot metrics() {
    return parts.metrics().snapshot();
  }

  /** Tells which step the calling thread, the task's, is in. */
  RunningStep runningStep() {
    return RunningStep.ofThisThread(parts.metrics());
  }

  /**
   * How long a task that has nothing to do may wait to be woken before it looks for itself.
   *
   * @param most for timers, mostly
   */
  public long parkNanos(long most) {
    return source.parkNanos(most);
  }

  /**
   * Closes everything, also after a failure; the first failure to close is thrown when all is
   * closed.
   */
  public void close() {
    Closing closing = new Closing();
    closing.run(checkpoints::close);
    closing.run(source::close);
    operators.close(closing);
    closing.run(parts.state()::close);
    closing.throwFirst();
  }
}
