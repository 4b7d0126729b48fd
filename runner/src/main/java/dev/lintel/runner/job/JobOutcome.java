package dev.lintel.runner.job;

import dev.lintel.runner.metrics.MetricsSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job has ended.
 *
 * @param failure the first; the others are suppressed in it
 */
record JobOutcome(
    JobState state,
    MetricsSnapshot metrics,
    MetricsSnapshot committed,
    @Nullable JobFailedException failure) {

  static JobOutcome of(
      List<JobFailedException> failures,
      boolean cancelled,
      MetricsSnapshot metrics,
      MetricsSnapshot committed) {
    if (failures.isEmpty()) {
      return new JobOutcome(
          cancelled ? JobState.CANCELLED : JobState.DONE, metrics, committed, null);
    }
    JobFailedException first = failures.get(0);
    failures.stream().skip(1).forEach(first::addSuppressed);
    return new JobOutcome(JobState.FAILED, metrics, committed, first);
  }

  /** Made before it is needed: when there is no memory left to say anything else. */
  static JobOutcome outOfMemory(String job) {
    Throwable cause = new OutOfMemoryError("while saying how the job has ended");
    return new JobOutcome(
        JobState.FAILED,
        MetricsSnapshot.empty(),
        MetricsSnapshot.empty(),
        JobFailedException.outsideOfTasks(job, "its end", cause));
  }
}
