package dev.lintel.runner;

import dev.lintel.runner.CheckpointOptions.CheckpointMode;
import dev.lintel.runner.compatibility.Renames;
import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.job.RestartSettings;
import dev.lintel.runner.job.checkpoint.CheckpointLocation;
import dev.lintel.runner.job.checkpoint.CheckpointSettings;
import dev.lintel.runner.job.checkpoint.RestoreSettings;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the options say about checkpoints and restarts, for a certain plan. */
final class Survival {
  private static final Logger LOG = LoggerFactory.getLogger(Survival.class);
  private static final long INTERVAL_MILLIS = 10_000;
  private static final String CACHE = "lintel-cache-";

  static final String NONE = "none";
  static final String FIXED = "fixed";
  static final String EXPONENTIAL = "exponential";

  /** Beam makes the name of a job that was given none: application, user, time, random number. */
  private static final Pattern MADE_NAME = Pattern.compile("(.+)-[0-9]{10}-[0-9a-f]{1,8}");

  /** What {@code --restore} may say beside a path. */
  private static final Set<String> WORDS = Set.of("latest", "previous", "none");

  private Survival() {}

  static CheckpointSettings checkpoints(CheckpointOptions options, ExecutionPlan plan) {
    return new CheckpointSettings(
        enabled(options, plan),
        intervalMillis(options, plan),
        options.getMinPauseBetweenCheckpointsMillis(),
        OptionValues.checkpointTimeoutMillis(options),
        options.getTolerableCheckpointFailures(),
        options.getCheckpointMode() == CheckpointMode.EXACTLY_ONCE,
        options.getAlignmentTimeoutMillis());
  }

  /** What is restored is kept, whether or not further checkpoints are taken. */
  private static boolean enabled(CheckpointOptions options, ExecutionPlan plan) {
    return intervalMillis(options, plan) > 0 || !WORDS.contains(options.getRestore());
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

  /**
   * By default a job that has nothing to go on from ends with its first failure: most likely its
   * beginning would fail again.
   */
  static RestartSettings restarts(CheckpointOptions options, ExecutionPlan plan) {
    String asked = options.getRestartStrategy();
    String strategy = asked != null ? asked : enabled(options, plan) ? EXPONENTIAL : NONE;
    return strategy.equals(NONE)
        ? RestartSettings.NONE
        : new RestartSettings(
            options.getRestartAttempts(),
            options.getRestartDelayMillis(),
            strategy.equals(EXPONENTIAL),
            options.getRestartMaxDelayMillis(),
            asked != null);
  }

  /**
   * Where the checkpoints go; null if none are taken.
   *
   * @throws InvalidOptionsException if a folder can't be made
   */
  static @Nullable CheckpointLocation location(
      LintelPipelineOptions options, ExecutionPlan plan, RunFolder run) {
    if (!enabled(options, plan)) {
      return null;
    }
    String jobId = jobId(options);
    String folder = ContestedOptions.checkpointDir(options);
    boolean temporary = folder == null;
    if (folder == null) {
      folder = make(run, "checkpoints").toString();
      LOG.info(
          "Checkpoints go to {} and survive failures of the pipeline, but not of the process: give the job a"
              + " --checkpointDir and a --jobName for that",
          folder);
    }
    return new CheckpointLocation(
        folder,
        temporary,
        jobId,
        new RestoreSettings(
            options.getRestore(),
            Renames.parse(options.getRenames()),
            options.isAllowUnrestoredState(),
            OptionValues.askedMaxParallelism(options)),
        options.getCheckpointsRetained(),
        options.getLeaseMillis(),
        temporary
            ? make(run, "cache")
            : localParent(options)
                .resolve(CACHE + Integer.toHexString((folder + "/" + jobId).hashCode())),
        make(run, "restored"));
  }

  /** Where what is kept on this machine goes. */
  static Path localParent(LintelPipelineOptions options) {
    String configured = options.getStateDirectory();
    return Path.of(configured == null ? System.getProperty("java.io.tmpdir") : configured);
  }

  /** A folder in that of the run. */
  static Path make(RunFolder run, String name) {
    try {
      return run.make(name);
    } catch (IOException e) {
      throw new InvalidOptionsException(
          "Expected --stateDirectory to be a folder that can be written, but could not create one in "
              + run.path()
              + ": "
              + e);
    }
  }

  /** What stays the same from start to start of a job: the name it was given, or the program's. */
  static String jobId(LintelPipelineOptions options) {
    Matcher made = MADE_NAME.matcher(options.getJobName());
    return made.matches() ? made.group(1) : options.getJobName();
  }
}
