package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Work;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs every peer at one work of one case, in turns: all of them in the first round, all of them in
 * the second, so that what changes about the machine changes for all.
 */
final class Comparison {
  private final ChildJvm jvm;
  private final int rounds;
  private final Consumer<String> progress;

  Comparison(ChildJvm jvm, int rounds, Consumer<String> progress) {
    this.jvm = jvm;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** One row for each of the peers that can run the case. */
  List<Row> run(BenchmarkCase benchmark, Work work, List<Peer> peers) {
    List<Row> rows =
        peers.stream()
            .filter(each -> each.runs(benchmark))
            .map(each -> new Row(benchmark, work, each))
            .toList();
    for (int round = 1; round <= rounds; round++) {
      for (Row row : rows) {
        run(row, round);
      }
    }
    return rows;
  }

  private void run(Row row, int round) {
    boolean again = !row.givenUp();
    while (again) {
      Work work = row.nextWork();
      String label =
          String.join(
              "-",
              row.benchmark().name(),
              row.peer().name(),
              Long.toString(row.work().keys()),
              row.work().distribution().name(),
              Integer.toString(round));
      Outcome outcome = jvm.run(row.peer(), row.benchmark(), work, label);
      progress.accept(label + " (" + work.describe() + "): " + text(row, outcome));
      again = row.take(outcome);
    }
  }

  private static String text(Row row, Outcome outcome) {
    if (outcome instanceof Outcome.Measured measured) {
      return row.benchmark().startUp()
          ? Figures.seconds(measured.processSeconds())
          : Figures.throughput(measured.throughput()) + "/s";
    }
    return outcome.toString();
  }
}
