package dev.lintel.runner.job.checkpoint;

import java.util.List;

/** A checkpoint took longer than {@code --checkpointTimeoutMillis} and was given up. */
public final class CheckpointTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int NAMES_MAX = 5;

  private CheckpointTimeoutException(String message) {
    super(message);
  }

  /**
   * @param awaited the tasks that have not taken their snapshot
   */
  static CheckpointTimeoutException notComplete(
      long number, long afterMillis, List<String> awaited, int tasks) {
    return new CheckpointTimeoutException(
        "Expected checkpoint "
            + number
            + " to be complete after "
            + afterMillis
            + " ms, but "
            + (awaited.isEmpty()
                ? "not all snapshots are stored"
                : awaited.size()
                    + " of "
                    + tasks
                    + " tasks have not taken their snapshot ("
                    + names(awaited)
                    + ")")
            + ". Look at what keeps them busy, or wait longer with --checkpointTimeoutMillis");
  }

  private static String names(List<String> all) {
    String first = String.join("; ", all.subList(0, Math.min(NAMES_MAX, all.size())));
    return all.size() > NAMES_MAX ? first + "; ..." : first;
  }

  /**
   * @param underWay the number of the checkpoint that was waited for; zero if there is none
   */
  static CheckpointTimeoutException notBegun(long afterMillis, long underWay) {
    return new CheckpointTimeoutException(
        "Expected a checkpoint to begin within "
            + afterMillis
            + " ms (--checkpointTimeoutMillis), but "
            + (underWay > 0
                ? "checkpoint " + underWay + " is still under way"
                : "not all tasks of the job were ready for one"));
  }
}
