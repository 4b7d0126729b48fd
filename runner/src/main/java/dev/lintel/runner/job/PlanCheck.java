package dev.lintel.runner.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lintel.runner.checkpoint.manifest.JobEntry;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.RestoreCheck;
import dev.lintel.runner.compatibility.Compatibility;
import dev.lintel.runner.compatibility.IncompatiblePipelineException;
import dev.lintel.runner.compatibility.PlanDescription;
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
final class PlanCheck implements RestoreCheck {
  private static final Logger LOG = LoggerFactory.getLogger(PlanCheck.class);

  private final ExecutionPlan plan;
  private final JobSettings settings;
  private final Compatibility.Rules rules;
  private final JsonNode description;
  private @Nullable Compatibility found;

  PlanCheck(ExecutionPlan plan, JobSettings settings, RestoreSettings restore) {
    this.plan = plan;
    this.settings = settings;
    this.rules =
        new Compatibility.Rules(
            restore.renames(),
            restore.allowUnrestoredState(),
            settings.parallelism(),
            restore.maxParallelism());
    this.description = PlanDescription.of(plan);
  }

  /** What the job's own checkpoints say of its plan. */
  JsonNode description() {
    return description;
  }

  @Override
  public void check(Manifest manifest, String name) {
    JobEntry job = manifest.job();
    CheckpointLocation location = settings.location();
    boolean own = location == null || job.name().equals(location.jobId());
    String whose = own ? "" : " of job '" + job.name() + "'";
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
                name + whose, job.plan(), transforms, inFlight, job.maxParallelism()),
            plan,
            rules);
    found = compatibility;
    LOG.info("Job {} goes on from {}{}", settings.name(), name, whose);
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
