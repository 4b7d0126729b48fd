package dev.lintel.runner;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.control.ControlledJob;
import dev.lintel.runner.control.JobStatus;
import dev.lintel.runner.job.Job;
import dev.lintel.runner.job.JobReport;
import dev.lintel.runner.job.JobState;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskProgress;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.joda.time.DateTimeZone;
import org.joda.time.Instant;
import org.joda.time.format.DateTimeFormat;
import org.jspecify.annotations.Nullable;

/** What users may ask of a running job, in terms of the job. */
final class JobControl implements ControlledJob {
  private final Job job;
  private final String name;
  private final ExecutionPlan plan;
  private final SavepointPlace place;
  private final Clock clock = Clock.system();

  /**
   * @param name that the job is known as
   */
  JobControl(Job job, String name, ExecutionPlan plan, SavepointPlace place) {
    this.job = job;
    this.name = name;
    this.plan = plan;
    this.place = place;
  }

  /**
   * Where a savepoint goes for which the user has named no folder.
   *
   * @param checkpointDirectory null if the user has named none
   */
  record SavepointPlace(@Nullable String checkpointDirectory, String jobId) {
    /**
     * @throws IllegalArgumentException if there is no place that the user knows of
     */
    String at(long nowMillis) {
      if (checkpointDirectory == null) {
        throw new IllegalArgumentException(
            "Expected a folder for the savepoint, but got none, and job "
                + jobId
                + " has no --checkpointDir to put it below: name one, such as --path=/data/mine.");
      }
      String time =
          DateTimeFormat.forPattern("yyyyMMdd-HHmmss-SSS")
              .withZone(DateTimeZone.UTC)
              .print(nowMillis);
      String slash = checkpointDirectory.endsWith("/") ? "" : "/";
      return checkpointDirectory
          + slash
          + "savepoints/"
          + jobId.replaceAll("[^A-Za-z0-9._-]", "_")
          + "-"
          + time;
    }
  }

  @Override
  public CompletableFuture<Long> checkpoint() {
    return job.checkpoint();
  }

  @Override
  public CompletableFuture<String> savepoint(@Nullable String path) {
    return job.savepoint(path == null ? place.at(clock.millis()) : path);
  }

  @Override
  public CompletableFuture<Void> stop() {
    return job.stop(null).thenApply(number -> null);
  }

  @Override
  public CompletableFuture<String> stopWithSavepoint(@Nullable String path) {
    String folder = path == null ? place.at(clock.millis()) : path;
    return job.stop(folder).thenApply(number -> folder);
  }

  @Override
  public void drain() {
    job.drain();
  }

  @Override
  public void cancel() {
    job.cancel();
  }

  @Override
  public CompletableFuture<JobStatus> status() {
    return job.report().thenApply(this::status);
  }

  private JobStatus status(JobReport report) {
    List<JobStatus.Stage> stages = new ArrayList<>();
    for (Stage each : plan.stages()) {
      List<TaskProgress> tasks =
          report.progress().entrySet().stream()
              .filter(task -> task.getKey().stage() == each.id())
              .map(Map.Entry::getValue)
              .toList();
      stages.add(stage(each.name(), tasks));
    }
    return new JobStatus(
        name,
        state(report),
        ProcessHandle.current().pid(),
        time(report.startedMillis()),
        clock.millis() - report.startedMillis(),
        report.attempts(),
        checkpoint(report.lastCheckpoint()),
        stages,
        report.state() == JobState.RUNNING ? slowest(report.progress()) : null);
  }

  private static String state(JobReport report) {
    if (report.waiting()) {
      return "RESTARTING";
    }
    return report.draining() && report.state() == JobState.RUNNING
        ? "DRAINING"
        : report.state().name();
  }

  private static JobStatus.Stage stage(String name, List<TaskProgress> tasks) {
    long input = Timestamps.MAX_MILLIS;
    long output = Timestamps.MAX_MILLIS;
    long hold = Long.MAX_VALUE;
    long elements = 0;
    for (TaskProgress each : tasks) {
      input = Math.min(input, each.inputWatermarkMillis());
      output = Math.min(output, each.outputWatermarkMillis());
      hold = Math.min(hold, each.earliestHoldMillis());
      elements += each.elementsIn();
    }
    return new JobStatus.Stage(
        name, tasks.size(), elements, Timestamps.text(input), Timestamps.text(output), hold(hold));
  }

  private JobStatus.@Nullable Slowest slowest(Map<TaskId, TaskProgress> progress) {
    return progress.entrySet().stream()
        .min(
            Comparator.<Map.Entry<TaskId, TaskProgress>>comparingLong(
                    task -> task.getValue().outputWatermarkMillis())
                .thenComparing(task -> task.getKey().stage())
                .thenComparing(task -> task.getKey().slot()))
        .map(
            task ->
                new JobStatus.Slowest(
                    plan.stages().get(task.getKey().stage()).name(),
                    task.getKey().slot(),
                    Timestamps.text(task.getValue().outputWatermarkMillis()),
                    hold(task.getValue().earliestHoldMillis())))
        .orElse(null);
  }

  private static JobStatus.@Nullable Checkpoint checkpoint(JobReport.@Nullable Checkpoint last) {
    return last == null
        ? null
        : new JobStatus.Checkpoint(
            last.number(), time(last.completedMillis()), last.durationMillis(), last.bytes());
  }

  private static @Nullable String hold(long millis) {
    return millis == Long.MAX_VALUE ? null : Timestamps.text(millis);
  }

  private static String time(long millis) {
    return new Instant(millis).toString();
  }
}
