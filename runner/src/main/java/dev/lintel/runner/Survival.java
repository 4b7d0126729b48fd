package dev.lintel.runner;

import dev.lintel.runner.CheckpointOptions.CheckpointMode;
import dev.lintel.runner.job.CheckpointSettings;
import dev.lintel.runner.job.RestartSettings;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the options say about checkpoints and restarts, for a certain plan. */
final class Survival {
  private static final long INTERVAL_MILLIS = 10_000;

  static final String NONE = "none";
  static final String FIXED = "fixed";
  static final String EXPONENTIAL = "exponential";

  /** Beam makes the name of a job that was given none: application, user, time, random number. */
  private static final Pattern MADE_NAME = Pattern.compile("(.+)-[0-9]{10}-[0-9a-f]{1,8}");

  private Survival() {}

  static CheckpointSettings checkpoints(CheckpointOptions options, ExecutionPlan plan) {
    return new CheckpointSettings(
        intervalMillis(options, plan),
        options.getMinPauseBetweenCheckpointsMillis(),
        options.getCheckpointTimeoutMillis(),
        options.getTolerableCheckpointFailures(),
        options.getCheckpointMode() == CheckpointMode.EXACTLY_ONCE,
        options.getAlignmentTimeoutMillis());
  }

  private static long intervalMillis(CheckpointOptions options, ExecutionPlan plan) {
    Long asked = options.getCheckpointIntervalMillis();
    return asked != null ? asked : isEndless(plan) ? INTERVAL_MILLIS : 0;
  }

  /** A script is a test, and has an end. */
  private static boolean isEndless(ExecutionPlan plan) {
    return has(plan, each -> each instanceof Operator.UnboundedRead || isEndlessSplittable(each))
        && !has(plan, Operator.TestStreamRead.class::isInstance);
  }

  private static boolean isEndlessSplittable(Operator operator) {
    return operator instanceof Operator.ProcessRestrictions process && !process.bounded();
  }

  private static boolean has(ExecutionPlan plan, Predicate<Operator> wanted) {
    return plan.stages().stream().flatMap(each -> each.operators().stream()).anyMatch(wanted);
  }

  /** By default a job that has nothing to go on from ends with its first failure. */
  static RestartSettings restarts(CheckpointOptions options, ExecutionPlan plan) {
    String asked = options.getRestartStrategy();
    String strategy =
        asked != null ? asked : intervalMillis(options, plan) > 0 ? EXPONENTIAL : NONE;
    return strategy.equals(NONE)
        ? RestartSettings.NONE
        : new RestartSettings(
            options.getRestartAttempts(),
            options.getRestartDelayMillis(),
            strategy.equals(EXPONENTIAL),
            options.getRestartMaxDelayMillis());
  }

  /** What stays the same from start to start of a job: the name it was given, or the program's. */
  static String jobId(LintelPipelineOptions options) {
    Matcher made = MADE_NAME.matcher(options.getJobName());
    return made.matches() ? made.group(1) : options.getJobName();
  }
}
