package dev.lintel.runner.job.checkpoint;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests whose checkpoints have not begun, the oldest first.
 *
 * <p>Pure logic; <i>Ownership:</i> the job's coordinator thread.
 */
final class WaitingRequests {
  private final Deque<Waiting> all = new ArrayDeque<>();

  /**
   * One of them.
   *
   * @param deadlineMillis by which the checkpoint is to be complete
   */
  record Waiting(CheckpointRequest request, long sinceMillis, long deadlineMillis) {}

  void add(CheckpointRequest request, long nowMillis, long deadlineMillis) {
    all.add(new Waiting(request, nowMillis, deadlineMillis));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** The oldest, which waits no longer; null if there is none. */
  @Nullable Waiting poll() {
    return all.poll();
  }

  /** Those whose time is over wait no longer. */
  List<Waiting> takeOverdue(long nowMillis) {
    return takeIf(each -> nowMillis >= each.deadlineMillis);
  }

  /** Those that are wanted wait no longer. */
  List<CheckpointRequest> take(Predicate<CheckpointRequest> wanted) {
    return takeIf(each -> wanted.test(each.request)).stream().map(Waiting::request).toList();
  }

  private List<Waiting> takeIf(Predicate<Waiting> wanted) {
    List<Waiting> taken = all.stream().filter(wanted).toList();
    all.removeAll(taken);
    return taken;
  }

  /** When the first of them is overdue. */
  long deadlineMillis() {
    return all.stream().mapToLong(Waiting::deadlineMillis).min().orElse(Long.MAX_VALUE);
  }
}
