package dev.lintel.runner.job.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lintel.runner.checkpoint.manifest.JobEntry;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.RestoreCheck;
import dev.lintel.runner.compatibility.Compatibility;
import dev.lintel.runner.compatibility.IncompatiblePipelineException;
import dev.lintel.runner.compatibility.PlanDescription;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.translation.plan.ExecutionPlan;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the job's plan with that of the checkpoint which a run is to begin with, and remembers
 * what came of it. What the run takes itself is of the same plan, and is not compared.
 *
 * <p><i>Ownership:</i> whoever starts the job, then the coordinator's thread. <i>Failure:</i>
 * {@link IncompatiblePipelineException}.
 */
public final class PlanCheck implements RestoreCheck {
  private static final Logger LOG = LoggerFactory.getLogger(PlanCheck.class);

  private final ExecutionPlan plan;
  private final String job;
  private final CheckpointLocation location;
  private final Compatibility.Rules rules;
  private JsonNode description;
  private KeptGears gears = KeptGears.NONE;
  private @Nullable Compatibility found;

  /**
   * @param job its name, for logs
   * @param parallelism slots
   * @param location of the job's own checkpoints, and what it is to begin with
   */
  public PlanCheck(ExecutionPlan plan, String job, int parallelism, CheckpointLocation location) {
    this.plan = plan;
    this.job = job;
    this.location = location;
    RestoreSettings restore = location.restore();
    this.rules =
        new Compatibility.Rules(
            restore.renames(),
            restore.allowUnrestoredState(),
            parallelism,
            restore.maxParallelism());
    this.description = PlanDescription.of(plan, gears);
  }

  /** What the job's own checkpoints say of its plan. */
  JsonNode description() {
    return description;
  }

  /** How the run's groupings keep what they have. */
  KeptGears gears() {
    return gears;
  }

  @Override
  public void check(Manifest manifest, String name) {
    JobEntry of = manifest.job();
    String whose = of.name().equals(location.jobId()) ? "" : " of job '" + of.name() + "'";
    Set<String> transforms =
        manifest.tasks().stream()
            .flatMap(each -> each.transforms().stream())
            .collect(Collectors.toSet());
    Set<String> inFlight =
        manifest.tasks().stream()
            .map(TaskEntry::inFlight)
            .flatMap(each -> each.keySet().stream())
            .collect(Collectors.toSet());
    Compatibility compatibility =
        Compatibility.check(
            new Compatibility.Checkpoint(
                name + whose, of.plan(), transforms, inFlight, of.maxParallelism()),
            plan,
            rules);
    found = compatibility;
    if (!compatibility.gears().equals(gears)) {
      gears = compatibility.gears();
      description = PlanDescription.of(plan, gears);
    }
    LOG.info("Job {} goes on from {}{}", job, name, whose);
    if (compatibility.migrations() > 0) {
      LOG.info("The values of {} states are brought to new coders", compatibility.migrations());
    }
    if (!compatibility.left().isEmpty()) {
      LOG.warn("Left behind, as nothing takes it: {}", String.join(", ", compatibility.left()));
    }
  }

  /** What came of the last check. */
  Compatibility found() {
    if (found == null) {
      throw new IllegalStateException("Expected a checkpoint to have been compared");
    }
    return found;
  }
}
