package dev.lintel.runner;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.control.ControlEndpoint;
import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.fault.Faults;
import dev.lintel.runner.job.Job;
import dev.lintel.runner.job.JobSettings;
import dev.lintel.runner.job.LocalSpace;
import dev.lintel.runner.operator.InvokerClasses;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.task.Closing;
import dev.lintel.runner.task.TaskLimits;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.RocksDbStateBackend;
import dev.lintel.state.StateBackend;
import dev.lintel.translation.PipelineTranslator;
import dev.lintel.translation.plan.ExecutionPlan;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Runs a Beam pipeline inside this process: {@code --runner=LintelRunner}. See {@link
 * LintelPipelineOptions} for what can be set.
 */
public final class LintelRunner extends PipelineRunner<PipelineResult> {
  private static final long REPORT_MILLIS = 1_000;

  /** The experiment by which connectors are told to use their own readers. */
  private static final String PRIMITIVE_READS = "use_deprecated_read";

  private final LintelPipelineOptions options;

  private final @Nullable Faults faults;

  private LintelRunner(LintelPipelineOptions options, @Nullable Faults faults) {
    this.options = options;
    this.faults = faults;
  }

  /**
   * Called by Beam, for the first time while the pipeline is still to be built.
   *
   * @throws InvalidOptionsException if an option can't be used, naming every one of them
   */
  public static LintelRunner fromOptions(PipelineOptions options) {
    return create(options, null);
  }

  /** For tests: a runner whose jobs fail where they are told to. */
  public static LintelRunner withFaults(PipelineOptions options, Faults faults) {
    return create(options, faults);
  }

  private static LintelRunner create(PipelineOptions options, @Nullable Faults faults) {
    LintelPipelineOptions lintel = ContestedOptions.lintel(options);
    OptionChecks.check(lintel, Runtime.getRuntime().maxMemory());
    // Sources are read through their own readers, not wrapped as splittable DoFns: see
    // docs/adr/002.
    ExperimentalOptions.addExperiment(options.as(ExperimentalOptions.class), PRIMITIVE_READS);
    LintelRunner runner = new LintelRunner(lintel, faults);
    WarmUp.begin(ContestedOptions.checkpointDir(lintel) != null, runner.usesRocksDb());
    return runner;
  }

  /**
   * Runs a pipeline, and waits for it unless {@code --blockOnRun=false}.
   *
   * @throws IllegalArgumentException before anything runs, if a sink can't be exactly-once and is
   *     not told otherwise
   * @throws dev.lintel.translation.UnsupportedPipelineException before anything runs, naming
   *     everything in the pipeline that can't be run
   * @throws dev.lintel.runner.job.JobFailedException if the pipeline fails, with the user's
   *     exception as its cause
   */
  @Override
  public PipelineResult run(Pipeline pipeline) {
    // Left on: Beam's tests check the counters of PAssert after run() has returned.
    MetricsEnvironment.setMetricsSupported(true);
    ExactlyOnceSinks.replaceSinks(pipeline, options);
    ExecutionPlan plan = PipelineTranslator.translate(pipeline);
    if (options.isDryRun()) {
      System.out.println(plan);
      return new DryRunResult();
    }
    WarmUp.inBackground(() -> InvokerClasses.generate(plan));
    ControlEndpoint control = Control.open(options, plan);
    Job job;
    try {
      job = start(plan);
    } catch (RuntimeException | Error e) {
      if (control != null) {
        control.close();
      }
      throw e;
    }
    if (control != null) {
      Control.begin(control, job, plan, options);
    }
    LintelPipelineResult result = new LintelPipelineResult(job);
    if (options.isBlockOnRun()) {
      result.waitUntilFinish();
    }
    return result;
  }

  private Job start(ExecutionPlan plan) {
    RunFolder folder = new RunFolder(Survival.localParent(options), WarmUp::inBackground);
    try {
      StateBackend backend = openBackend(folder);
      try {
        return Job.start(plan, settings(plan, backend, folder));
      } catch (RuntimeException | Error e) {
        new Closing(e).run(backend::close);
        throw e;
      }
    } catch (RuntimeException | Error e) {
      new Closing(e).run(folder::close);
      throw e;
    }
  }

  private JobSettings settings(ExecutionPlan plan, StateBackend backend, RunFolder folder) {
    return new JobSettings(
        options.getJobName(),
        options,
        OptionValues.parallelism(options),
        OptionValues.maxParallelism(options),
        taskLimits(),
        options.getIdleSourceTimeoutMillis(),
        options.getCancelTimeoutMillis(),
        Survival.checkpoints(options, plan),
        Survival.location(options, plan, folder),
        Survival.restarts(options, plan),
        new LocalSpace(backend, spillSpace(folder), folder),
        faults);
  }

  private TaskLimits taskLimits() {
    long bundleSize = Math.min(ContestedOptions.maxBundleSize(options), Integer.MAX_VALUE);
    return new TaskLimits((int) bundleSize, options.getMaxBundleTimeMillis(), REPORT_MILLIS);
  }

  private StateBackend openBackend(RunFolder folder) {
    return usesRocksDb()
        ? new RocksDbStateBackend(
            Survival.make(folder, "state"), stateMemoryBytes(), Clock.system()::nanos)
        : new HeapStateBackend();
  }

  private boolean usesRocksDb() {
    return !OptionValues.stateBackend(options).equals(OptionValues.HEAP);
  }

  private long stateMemoryBytes() {
    return (long) options.getStateMemoryMiB() << 20;
  }

  /** Its folder is made only when something has to be spilled. */
  private SpillSpace spillSpace(RunFolder folder) {
    return new SpillSpace(
        new MemoryBudget(stateMemoryBytes()), new SpillDirectory(folder, "spill"));
  }

  @Override
  public String toString() {
    return "LintelRunner";
  }
}
