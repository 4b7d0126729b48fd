package dev.lintel.benchmarks.run;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The program of a run on a Beam runner. The options of the peer are pipeline options; with {@code
 * --buildOnly=true} alone the pipeline is built, and no runner runs it.
 */
public final class CaseRun implements MeasuredRun.Workload {
  private static final String BUILD_ONLY = "buildOnly";

  private CaseRun() {}

  public static void main(String[] args) {
    MeasuredRun.main(args, new CaseRun());
  }

  @Override
  public double run(RunArguments arguments, Work work) {
    BenchmarkCase benchmark = CaseCatalog.named(arguments.caseName());
    benchmark.prepare(work);
    if (buildOnly(arguments)) {
      benchmark.build(Pipeline.create(), work);
      return 0;
    }
    Tally.clear();
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments.options().toArray(new String[0])).create();
    Pipeline pipeline = Pipeline.create(options);
    benchmark.build(pipeline, work);
    long start = System.nanoTime();
    return benchmark.secondsToEnd(pipeline.run(), start);
  }

  @Override
  public void warmedUp(RunArguments arguments) {
    CaseCatalog.named(arguments.caseName()).warmedUp();
  }

  /** A pipeline that was only built has no result that could be checked. */
  @Override
  public int check(RunArguments arguments, Work work) {
    return buildOnly(arguments) ? 0 : CaseCatalog.named(arguments.caseName()).check(work);
  }

  @Override
  public long elements(RunArguments arguments, Work work) {
    return CaseCatalog.named(arguments.caseName()).elements(work);
  }

  @Override
  public Map<String, Double> measures(RunArguments arguments, Work work) {
    return CaseCatalog.named(arguments.caseName()).measures(work);
  }

  private static boolean buildOnly(RunArguments arguments) {
    return Boolean.parseBoolean(arguments.option(BUILD_ONLY, "false"));
  }
}
