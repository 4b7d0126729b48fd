package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.task.TaskId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When regular checkpoints begin: at a fixed rate, and each is announced to the tasks shortly
 * before, so that it finds them prepared. What tasks take longer than that, and what the checkpoint
 * before took longer than an interval, puts it off.
 *
 * <pre>
 *      announced  due         announced  due
 * ---------|-------|--------------|-------|-----
 *            lead      interval
 * </pre>
 *
 * <p><i>Ownership:</i> the job's coordinator thread.
 */
final class CheckpointSchedule {
  private static final long PREPARING_MILLIS_MAX = 10_000;
  private static final long LEAD_MILLIS_MAX = 100;
  private static final long NEVER = Long.MAX_VALUE;

  private final long intervalMillis;
  private final long leadMillis;
  private long dueMillis = NEVER;

  /** Tasks that prepare for the next checkpoint; null if it is not announced. */
  private @Nullable Set<TaskId> preparing;

  /** When it begins whether or not they are ready. */
  private long preparedByMillis;

  /**
   * @param intervalMillis zero for no regular checkpoints
   */
  CheckpointSchedule(long intervalMillis) {
    this.intervalMillis = intervalMillis;
    this.leadMillis = Math.min(intervalMillis / 4, LEAD_MILLIS_MAX);
  }

  /** The first one comes after an interval. */
  void start(long nowMillis) {
    preparing = null;
    dueMillis = intervalMillis > 0 ? nowMillis + intervalMillis : NEVER;
  }

  /** None comes any more. */
  void stop() {
    preparing = null;
    dueMillis = NEVER;
  }

  /** The next one need not wait longer than until then. */
  void dueBy(long millis) {
    dueMillis = Math.min(dueMillis, millis);
  }

  /** The next one has to wait until then. */
  void notBefore(long millis) {
    dueMillis = Math.max(dueMillis, millis);
  }

  /** The tasks have to be told that a checkpoint is to begin soon. */
  boolean isToAnnounce(long nowMillis) {
    return preparing == null && nowMillis >= announceMillis();
  }

  private long announceMillis() {
    return dueMillis == NEVER ? NEVER : dueMillis - leadMillis;
  }

  void announced(Set<TaskId> tasks, long nowMillis) {
    preparing = new HashSet<>(tasks);
    preparedByMillis = Math.max(nowMillis, dueMillis) + PREPARING_MILLIS_MAX;
  }

  /** A task is prepared; true if it was the last one. */
  boolean prepared(TaskId task) {
    return preparing != null && preparing.remove(task) && preparing.isEmpty();
  }

  /** The next one is due, and the tasks are ready for it, or have had their time. */
  boolean isDue(long nowMillis) {
    return preparing != null && nowMillis >= (preparing.isEmpty() ? dueMillis : preparedByMillis);
  }

  /** A checkpoint begins, be it a regular one or not. */
  void begun(long nowMillis) {
    preparing = null;
    if (intervalMillis > 0) {
      long late = Math.max(0, nowMillis - dueMillis);
      dueMillis = nowMillis + intervalMillis - Math.min(late, intervalMillis / 2);
    } else {
      dueMillis = NEVER;
    }
  }

  /** When there is something to do, if nothing else happens. */
  long nextMillis() {
    if (preparing == null) {
      return announceMillis();
    }
    return preparing.isEmpty() ? dueMillis : preparedByMillis;
  }
}
