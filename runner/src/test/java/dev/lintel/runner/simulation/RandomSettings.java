package dev.lintel.runner.simulation;

import dev.lintel.runner.compatibility.Renames;
import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.job.JobSettings;
import dev.lintel.runner.job.LocalSpace;
import dev.lintel.runner.job.RestartSettings;
import dev.lintel.runner.job.checkpoint.CheckpointLocation;
import dev.lintel.runner.job.checkpoint.CheckpointSettings;
import dev.lintel.runner.job.checkpoint.RestoreSettings;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.task.TaskLimits;
import dev.lintel.state.HeapStateBackend;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** The options of a job, the same in all its lives but for the parallelism. */
final class RandomSettings {
  /** Reports are to leave the coordinator, which gets few turns, time for something else. */
  private static final int REPORT_MILLIS = 1_000;

  private static final int PARALLELISM_MAX = 3;
  private static final int MAX_PARALLELISM = 8;
  private static final long PATIENT_MILLIS = 1_000_000;
  private static final long IMPATIENT_MILLIS = 300;
  private static final long SPILL_BYTES = 1 << 20;

  private final SplittableRandom random;
  private final RandomPipeline pipeline;
  private final Path temporary;
  private final boolean exactlyOnce;
  private final boolean rescales;
  private final int retained;
  private final CheckpointSettings checkpoints;
  private final TaskLimits limits;
  private int parallelism;

  RandomSettings(
      SplittableRandom random, RandomPipeline pipeline, Mutation mutation, Path temporary) {
    this.random = random;
    this.pipeline = pipeline;
    this.temporary = temporary;
    this.exactlyOnce = !pipeline.isSingle() || random.nextInt(4) != 0;
    this.rescales = random.nextBoolean();
    this.retained = 1 + random.nextInt(3);
    this.parallelism = 1 + random.nextInt(PARALLELISM_MAX);
    this.checkpoints =
        new CheckpointSettings(
            true,
            10 + random.nextInt(40),
            random.nextInt(5),
            PATIENT_MILLIS,
            3,
            exactlyOnce && mutation != Mutation.NO_ALIGNMENT,
            random.nextBoolean() ? 10_000 : random.nextInt(20));
    this.limits = new TaskLimits(1 + random.nextInt(20), 1 + random.nextInt(20), REPORT_MILLIS);
  }

  boolean isExactlyOnce() {
    return exactlyOnce;
  }

  /** Those of the next life. */
  JobSettings next(SimulatedProcess process, String restore) {
    if (rescales) {
      parallelism = 1 + random.nextInt(PARALLELISM_MAX);
    }
    CheckpointLocation location =
        new CheckpointLocation(
            process.location(),
            false,
            "job",
            new RestoreSettings(restore, Renames.parse(null), false, null),
            retained,
            Story.LEASE_MILLIS,
            null,
            temporary.resolve(process.toString()));
    return new JobSettings(
        process.toString(),
        pipeline.options(),
        parallelism,
        MAX_PARALLELISM,
        limits,
        0,
        1_000_000,
        process.isSpared() || random.nextInt(4) != 0 ? checkpoints : impatient(),
        location,
        new RestartSettings(3, 5, false, 5, true),
        space(new RunFolder(temporary)),
        null);
  }

  private static LocalSpace space(RunFolder folder) {
    return new LocalSpace(
        new HeapStateBackend(),
        new SpillSpace(new MemoryBudget(SPILL_BYTES), new SpillDirectory(folder, "simulation-")),
        folder);
  }

  /** Some of whose checkpoints are given up. */
  private CheckpointSettings impatient() {
    return new CheckpointSettings(
        true,
        checkpoints.intervalMillis(),
        checkpoints.minPauseMillis(),
        IMPATIENT_MILLIS,
        checkpoints.failuresMax(),
        checkpoints.holdsBack(),
        checkpoints.alignmentTimeoutMillis());
  }

  @Override
  public String toString() {
    return "%s, parallelism %d%s, %s, bundles %s"
        .formatted(
            exactlyOnce ? "exactly once" : "at least once",
            parallelism,
            rescales ? " for now" : "",
            checkpoints,
            limits);
  }
}
