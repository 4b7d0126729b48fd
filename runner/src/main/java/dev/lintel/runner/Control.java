package dev.lintel.runner;

import dev.lintel.runner.checkpoint.claim.Machine;
import dev.lintel.runner.checkpoint.claim.ThisMachine;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.control.ControlEndpoint;
import dev.lintel.runner.control.ControlFolder;
import dev.lintel.runner.job.Job;
import dev.lintel.translation.plan.ExecutionPlan;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a job takes requests while it runs, as the options say. */
final class Control {
  private static final Logger LOG = LoggerFactory.getLogger(Control.class);
  private static final int ANY_PORT = 0;
  private static final int NO_PORT = -1;

  private Control() {}

  /**
   * Before the job begins, so that one that can't be controlled as the user wants never runs.
   *
   * @return null if it takes none
   */
  static @Nullable ControlEndpoint open(LintelPipelineOptions options, ExecutionPlan plan) {
    int port = port(options, plan);
    if (port == NO_PORT) {
      return null;
    }
    Machine machine = new ThisMachine();
    Clock clock = Clock.system();
    String configured = options.getControlDirectory();
    ControlFolder folder =
        new ControlFolder(
            configured == null ? ControlFolder.standard() : Path.of(configured), machine);
    try {
      return ControlEndpoint.open(
          folder, Survival.jobId(options), port, machine.newRun(clock.millis()), clock);
    } catch (IOException e) {
      throw new InvalidOptionsException(
          "Expected to take requests on --controlPort="
              + port
              + " and to say so in "
              + folder
              + " (--controlDirectory), but: "
              + e.getMessage()
              + " To run without, set --controlPort=-1");
    }
  }

  private static int port(LintelPipelineOptions options, ExecutionPlan plan) {
    Integer asked = options.getControlPort();
    if (asked != null) {
      return asked;
    }
    return Survival.checkpoints(options, plan).enabled() ? ANY_PORT : NO_PORT;
  }

  /** From now on requests are answered, until the job ends. */
  static void begin(
      ControlEndpoint endpoint, Job job, ExecutionPlan plan, LintelPipelineOptions options) {
    JobControl.SavepointPlace place =
        new JobControl.SavepointPlace(
            ContestedOptions.checkpointDir(options), Survival.jobId(options));
    endpoint.serve(new JobControl(job, endpoint.job(), plan, place));
    job.whenEnded(
        (state, failure) ->
            endpoint.jobEnded(state.name(), failure == null ? null : failure.getMessage()));
    LOG.info(
        "Job {} can be asked for its status, savepoints and its end: ./lintel status {}",
        endpoint.job(),
        endpoint.job());
  }
}
