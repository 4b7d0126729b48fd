package dev.lintel.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.run.CaseCatalog;
import dev.lintel.benchmarks.run.ResultLine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTest {
  private static final BenchmarkCase COMBINE = CaseCatalog.named("combine");
  private static final Work WORK = Work.cyclic(1_000_000, 100_000);

  @Test
  void theFigureIsTheMedianOfTheRuns() {
    Row row = row("lintel");
    take(row, 1_000_000, 4);
    take(row, 1_000_000, 1);
    take(row, 1_000_000, 2);
    assertThat(row.figure()).isEqualTo(500_000);
    assertThat(row.range()).containsExactly(250_000, 1_000_000);
    assertThat(row.peakMebibytes()).isEqualTo(2);
  }

  @Test
  void aCaseMayCompareWhatItMeasuresBeside() {
    BenchmarkCase latency = CaseCatalog.named("kafka-latency");
    Row lintel = new Row(latency, WORK, peer("lintel-kafka-100"));
    Row other = new Row(latency, WORK, peer("streams-eos"));
    takeLate(lintel, 20);
    takeLate(other, 50);
    assertThat(other.ratio(lintel)).isEqualTo(2.5);
  }

  private static void takeLate(Row row, double millis) {
    row.take(new Outcome.Measured(new ResultLine(10, 1, 2_048, 3), Map.of("p99 ms", millis), 0, 1));
  }

  @Test
  void whatIsTooSlowGetsAQuarterOfTheWork() {
    Row row = row("spark");
    take(row, 1_000_000, 50);
    assertThat(row.take(new Outcome.TooSlow(60))).isTrue();
    assertThat(row.nextWork()).isEqualTo(Work.cyclic(250_000, 25_000));
    assertThat(row.isMeasured()).as("a run of another size counts no more").isFalse();
    take(row, 250_000, 10);
    assertThat(row.figure()).isEqualTo(25_000);
    assertThat(row.notes()).containsExactly("> 60.0 s at 1 M elements, 100 k keys, cyclic");
    assertThat(row.hasFailed()).isFalse();
  }

  @Test
  void whatIsAlwaysTooSlowIsGivenUp() {
    Row row = row("spark");
    int tries = 1;
    while (row.take(new Outcome.TooSlow(60))) {
      tries++;
    }
    assertThat(row.givenUp()).isTrue();
    assertThat(row.notes()).hasSize(tries);
    assertThat(row.isMeasured()).isFalse();
  }

  @Test
  void aWrongResultIsAFailureHoweverFastOtherRunsWere() {
    Row row = row("lintel");
    take(row, 1_000_000, 1);
    assertThat(row.take(new Outcome.Failed("Expected keys to be 2, but was 1"))).isFalse();
    assertThat(row.hasFailed()).isTrue();
    assertThat(row.givenUp()).isTrue();
    assertThat(row.isMeasured()).isFalse();
  }

  @Test
  void aKnownSlowPeerBeginsWithLess() {
    assertThat(row("direct").nextWork()).isEqualTo(Work.cyclic(10_000, 1_000));
  }

  @Test
  void theTableSaysWhatWasMissed() {
    Row lintel = row("lintel");
    Row spark = row("spark");
    Row failed = row("flink-batch-tuned");
    take(lintel, 1_000_000, 1);
    take(spark, 1_000_000, 2);
    failed.take(new Outcome.Failed("no luck"));
    String table = Tables.markdown(List.of(lintel, spark, failed));
    assertThat(table)
        .contains("### Combine.perKey: 1 M elements, 100 k keys, cyclic")
        .contains("| SparkRunner (local[2]) | 500 k |")
        .contains("| 2.00× | 3.00× **missed** |")
        .contains("FAILED: no luck")
        .contains("| FlinkRunner batch, tuned | none |");
    assertThat(Tables.ratios(List.of(lintel, spark, failed))).contains("1.00 M").contains("2.00×");
  }

  private static Row row(String peer) {
    return new Row(COMBINE, WORK, peer(peer));
  }

  private static Peer peer(String name) {
    return Peers.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  private static void take(Row row, long elements, double seconds) {
    row.take(
        new Outcome.Measured(new ResultLine(elements, seconds, 2048, 3), Map.of(), 0, seconds + 1));
  }
}
