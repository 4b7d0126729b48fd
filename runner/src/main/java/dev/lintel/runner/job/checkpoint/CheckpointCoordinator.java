package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.job.checkpoint.CheckpointRequest.Purpose;
import dev.lintel.runner.job.checkpoint.WaitingRequests.Waiting;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a checkpoint begins, and brings it to its end: every task gives its snapshot, every
 * snapshot is stored, then one write makes it real. At most one is under way.
 *
 * <p>Lives as long as the job, across its restarts; a checkpoint ends with the attempt that it was
 * begun in, unless it is being made real already: then nobody goes on before that is known.
 *
 * <p>Pure logic over messages; <i>Ownership:</i> the job's coordinator thread.
 */
public final class CheckpointCoordinator {
  private final CheckpointSettings settings;
  private final Clock clock;
  private final Steps steps;
  private final WaitingRequests requests = new WaitingRequests();
  private final CheckpointSchedule schedule;
  private Set<TaskId> tasks = Set.of();
  private @Nullable CheckpointUnderWay pending;
  private long lastCompleted;
  private int failuresInARow;

  /** What is done about a checkpoint; each step that takes its time is answered by a message. */
  public interface Steps {
    /** Tells all tasks that one is to begin soon. Each answers by {@link #prepared}. */
    void prepare();

    /** False: not now; asked again at the next tick. */
    boolean mayBegin();

    /**
     * Begins one.
     *
     * @return its number, greater than all before
     */
    long number(CheckpointRequest request);

    /** Tells all tasks. */
    void begin(CheckpointUnderWay checkpoint);

    /** Answered by {@link #stored} or {@link #failed}. */
    void store(CheckpointUnderWay checkpoint, TaskId task, TaskSnapshot snapshot);

    /** Makes the checkpoint real. Answered by {@link #completed} or {@link #failed}. */
    void decide(CheckpointUnderWay checkpoint);

    /** The checkpoint is real: tells all tasks that are left. */
    void completed(CheckpointUnderWay checkpoint);

    /** Tells all tasks that it will not become real. */
    void giveUp(CheckpointUnderWay checkpoint, Throwable cause);

    /** Too many checkpoints have failed. */
    void tooManyFailures(Throwable last);

    /** What a task is called, for people. */
    default String name(TaskId task) {
      return task.toString();
    }
  }

  public CheckpointCoordinator(CheckpointSettings settings, Clock clock, Steps steps) {
    this.settings = settings;
    this.clock = clock;
    this.steps = steps;
    this.schedule = new CheckpointSchedule(settings.intervalMillis());
  }

  /** Goes on behind a checkpoint that the job has been restored from. */
  public void restored(long number) {
    lastCompleted = number;
  }

  /** The next checkpoint need not wait for its time. */
  public void soon() {
    schedule.dueBy(clock.millis() + settings.minPauseMillis());
  }

  /** All tasks of an attempt are open. */
  public void attemptBegan(Set<TaskId> all) {
    tasks = Set.copyOf(all);
    schedule.start(clock.millis());
  }

  /** The attempt's tasks are no more. Nothing changes any more unless {@link #isDeciding}. */
  public void attemptEnded(Throwable why) {
    tasks = Set.of();
    schedule.stop();
    // The next attempt has its own work to do before its last checkpoint.
    requests.take(each -> each.purpose() == Purpose.LAST);
    if (pending != null && !pending.isDeciding()) {
      CheckpointUnderWay ended = pending;
      pending = null;
      ended.request().answer().failed(why);
    }
  }

  /** No checkpoint will be taken any more. */
  public void jobEnded(Throwable why) {
    requests.take(each -> true).forEach(each -> each.answer().failed(why));
  }

  /** Whether a checkpoint is just becoming real, or not. */
  public boolean isDeciding() {
    return pending != null && pending.isDeciding();
  }

  /** Zero for none. */
  public long numberUnderWay() {
    return pending == null ? 0 : pending.number();
  }

  public boolean isUnderWay(long number) {
    return pending != null && pending.number() == number;
  }

  /** The time that a checkpoint may take counts from now on if a user has asked for it. */
  public void request(CheckpointRequest request) {
    long now = clock.millis();
    requests.add(
        request,
        now,
        request.purpose().isAskedFor() ? now + settings.timeoutMillis() : Long.MAX_VALUE);
    tick();
  }

  /** When {@link #tick} has something to do, if nothing else happens. */
  public long nextMillis() {
    long next = pending == null ? schedule.nextMillis() : pending.deadlineMillis();
    return Math.min(next, requests.deadlineMillis());
  }

  /** Begins what is to begin, and gives up what takes too long. */
  public void tick() {
    long now = clock.millis();
    CheckpointUnderWay current = pending;
    if (current != null && !current.isDeciding() && now >= current.deadlineMillis()) {
      fail(current, timeout(current, now));
    }
    for (Waiting each : requests.takeOverdue(now)) {
      each.request()
          .answer()
          .failed(CheckpointTimeoutException.notBegun(now - each.sinceMillis(), numberUnderWay()));
    }
    if (pending != null || tasks.isEmpty()) {
      return;
    }
    if (requests.isEmpty() && schedule.isToAnnounce(now)) {
      schedule.announced(tasks, now);
      steps.prepare();
    }
    // A task may have answered at once.
    if (pending != null || (requests.isEmpty() && !schedule.isDue(now)) || !steps.mayBegin()) {
      return;
    }
    Waiting next = requests.poll();
    begin(
        next == null ? CheckpointRequest.regular() : next.request(),
        now,
        Math.min(
            next == null ? Long.MAX_VALUE : next.deadlineMillis(), now + settings.timeoutMillis()));
  }

  /** A task has prepared what can be prepared. */
  public void prepared(TaskId task) {
    if (schedule.prepared(task)) {
      tick();
    }
  }

  private CheckpointTimeoutException timeout(CheckpointUnderWay late, long now) {
    List<String> awaited = late.awaited().stream().map(steps::name).sorted().toList();
    return CheckpointTimeoutException.notComplete(
        late.number(), now - late.startMillis(), awaited, late.size());
  }

  private void begin(CheckpointRequest request, long now, long deadlineMillis) {
    schedule.begun(now);
    long number;
    try {
      number = steps.number(request);
    } catch (RuntimeException e) {
      notBegun(request, e);
      return;
    }
    CheckpointUnderWay begun = new CheckpointUnderWay(number, request, now, deadlineMillis, tasks);
    pending = begun;
    steps.begin(begun);
  }

  /** A task has taken its snapshot. */
  public void taken(TaskEvent.SnapshotTaken event) {
    CheckpointUnderWay current = pending;
    if (current != null && current.taken(event)) {
      steps.store(current, event.task(), event.snapshot());
    } else {
      event.snapshot().close();
    }
  }

  public void stored(long number) {
    CheckpointUnderWay current = pending;
    if (current != null && current.number() == number) {
      current.stored();
      if (current.isDeciding()) {
        steps.decide(current);
      }
    }
  }

  public void completed(long number) {
    CheckpointUnderWay current = pending;
    if (current == null || current.number() != number) {
      return;
    }
    pending = null;
    failuresInARow = 0;
    lastCompleted = number;
    if (current.request().purpose().isEnd()) {
      schedule.stop();
    } else {
      schedule.notBefore(clock.millis() + settings.minPauseMillis());
    }
    steps.completed(current);
    current.request().answer().completed(number);
    if (current.request().purpose().isEnd()) {
      ended(current);
    }
    tick();
  }

  /** No further checkpoint begins: the tasks are about to end. */
  private void ended(CheckpointUnderWay last) {
    tasks = Set.of();
    if (last.request().purpose() == Purpose.STOP) {
      requests
          .take(CheckpointRequest::isStopWithCheckpoint)
          .forEach(each -> each.answer().completed(last.number()));
    }
  }

  /** A checkpoint could not be stored or made real. */
  public void failed(long number, Throwable cause) {
    CheckpointUnderWay current = pending;
    if (current != null && current.number() == number) {
      fail(current, cause);
    }
  }

  private void fail(CheckpointUnderWay current, Throwable cause) {
    pending = null;
    schedule.notBefore(clock.millis() + settings.minPauseMillis());
    steps.giveUp(current, cause);
    notBegun(current.request(), cause);
  }

  /** Who has asked may ask again at once, and so is told last. */
  private void notBegun(CheckpointRequest request, Throwable cause) {
    if (!request.purpose().isAskedFor()) {
      failuresInARow++;
      if (failuresInARow > settings.failuresMax()) {
        steps.tooManyFailures(cause);
      }
    }
    request.answer().failed(cause);
  }

  /** The newest complete checkpoint; zero if there is none. */
  public long lastCompleted() {
    return lastCompleted;
  }
}
