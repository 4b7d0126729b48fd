package dev.lintel.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.WrongResultException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases in small: Lintel gives what they check, and they find out if it does not. */
class CasesOnLintelTest {

  @ParameterizedTest
  @CsvSource({
    "side-input, 2000, 300, CYCLIC",
    "side-input, 2000, 300, ZIPF",
    "sessions, 20000, 1000, CYCLIC",
    "sessions, 20000, 1000, ZIPF",
    "sessions-streaming, 20000, 1000, CYCLIC",
    "sessions-streaming, 20000, 1000, ZIPF",
    "wordcount, 500, 100, ZIPF",
  })
  void givesWhatItChecks(String name, long elements, long keys, Work.KeyDistribution distribution) {
    BenchmarkCase benchmark = CaseCatalog.named(name);
    Work work = new Work(elements, keys, distribution);
    run(benchmark, work);
    assertThat(benchmark.check(work)).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"side-input, 300, CYCLIC", "sessions, 1000, CYCLIC", "wordcount, 100, ZIPF"})
  void findsThatElementsAreMissing(String name, long keys, Work.KeyDistribution distribution) {
    BenchmarkCase benchmark = CaseCatalog.named(name);
    Work work = new Work(500, keys, distribution);
    run(benchmark, work);
    Work more = work.withElements(501);
    assertThatThrownBy(() -> benchmark.check(more)).isInstanceOf(WrongResultException.class);
  }

  @Test
  void everyCaseHasANameOfItsOwnAndWork() {
    assertThat(CaseCatalog.cases()).extracting(BenchmarkCase::name).doesNotHaveDuplicates();
    assertThat(CaseCatalog.cases()).noneMatch(each -> each.works().isEmpty());
  }

  private static void run(BenchmarkCase benchmark, Work work) {
    benchmark.prepare(work);
    Tally.clear();
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=LintelRunner", "--parallelism=2").create());
    benchmark.build(pipeline, work);
    pipeline.run().waitUntilFinish();
  }
}
