package dev.lintel.benchmarks.run;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.Work.KeyDistribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The program of one run on a Beam runner: {@code CASE ELEMENTS KEYS DISTRIBUTION WARM-UPS
 * [pipeline options]}.
 *
 * <p>Warm-ups run the same work before, in the same JVM, unmeasured. The seconds are those from
 * {@code pipeline.run()} to the end of the pipeline, for every runner.
 */
public final class CaseRun {
  private static final int FIXED_ARGUMENTS = 5;

  private CaseRun() {}

  public static void main(String[] args) {
    ResultLine.started();
    if (args.length < FIXED_ARGUMENTS) {
      throw new IllegalArgumentException(
          "Expected CASE ELEMENTS KEYS DISTRIBUTION WARM-UPS [pipeline options], but got "
              + Arrays.toString(args));
    }
    BenchmarkCase benchmark = CaseCatalog.named(args[0]);
    Work work =
        new Work(
            Long.parseLong(args[1]), Long.parseLong(args[2]), KeyDistribution.valueOf(args[3]));
    int warmUps = Integer.parseInt(args[4]);
    List<String> options =
        new ArrayList<>(Arrays.asList(args).subList(FIXED_ARGUMENTS, args.length));
    for (int round = 0; round < warmUps; round++) {
      run(benchmark, work, options);
    }
    ResultLine.measured();
    double seconds = run(benchmark, work, options);
    int checks = benchmark.check(work);
    ResultLine.print(benchmark.elements(work), seconds, checks, benchmark.measures(work));
    // Some runners leave threads behind that are no daemons.
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  /** The seconds from {@code pipeline.run()} to the end of the pipeline. */
  private static double run(BenchmarkCase benchmark, Work work, List<String> arguments) {
    benchmark.prepare(work);
    Tally.clear();
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0])).create();
    Pipeline pipeline = Pipeline.create(options);
    benchmark.build(pipeline, work);
    long start = System.nanoTime();
    PipelineResult result = pipeline.run();
    PipelineResult.State state = result.waitUntilFinish();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("Expected the pipeline to be done, but it is " + state);
    }
    return seconds;
  }
}
