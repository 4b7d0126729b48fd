package dev.lintel.benchmarks.nexmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.WrongResultException;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The check of a benchmark accepts the right result, and no other. */
class NexmarkCaseTest {
  private static final Work WORK = Work.unkeyed(2_000);

  /** One for each kind of outcome. */
  static Stream<BenchmarkCase> cases() {
    return NexmarkCase.all().stream()
        .filter(each -> each.name().matches("nexmark-q(3|6|12-streaming)"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void findsEventsTooMany(BenchmarkCase benchmark) {
    run(benchmark, WORK);
    assertThat(benchmark.check(WORK)).isPositive();
    run(benchmark, WORK.withElements(WORK.elements() + 1_000));
    assertThatThrownBy(() -> benchmark.check(WORK)).isInstanceOf(WrongResultException.class);
  }

  private static void run(BenchmarkCase benchmark, Work work) {
    benchmark.prepare(work);
    Tally.clear();
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=LintelRunner").create());
    benchmark.build(pipeline, work);
    pipeline.run().waitUntilFinish();
  }
}
