package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.kafka.KafkaCounts;
import dev.lintel.benchmarks.run.RunArguments;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs every peer at one work of one case, in turns: all of them in the first round, all of them in
 * the second, so that what changes about the machine changes for all.
 */
final class Comparison {
  private final ChildJvm jvm;
  private final BrokerProcess broker;
  private final Settings settings;
  private final Consumer<String> progress;

  /**
   * @param broker is started with the first run that needs it
   */
  Comparison(ChildJvm jvm, BrokerProcess broker, Settings settings, Consumer<String> progress) {
    this.jvm = jvm;
    this.broker = broker;
    this.settings = settings;
    this.progress = progress;
  }

  /** One row for each of the peers that can run the case. */
  static List<Row> rows(BenchmarkCase benchmark, Work work, List<Peer> peers) {
    return peers.stream()
        .filter(each -> each.runs(benchmark))
        .map(each -> new Row(benchmark, work, each))
        .toList();
  }

  /**
   * @param results are written after each round, so that a command that is cut off leaves what it
   *     had
   */
  void run(List<Row> rows, Results results) throws IOException {
    for (int round = 1; round <= settings.rounds(); round++) {
      for (Row row : rows) {
        run(row, round);
      }
      results.write();
    }
  }

  private void run(Row row, int round) throws IOException {
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
      Outcome outcome = run(row.peer(), row.benchmark(), work, label);
      progress.accept(label + " (" + work.describe() + "): " + text(row, outcome));
      again = row.take(outcome);
    }
  }

  private Outcome run(Peer peer, BenchmarkCase benchmark, Work work, String label)
      throws IOException {
    // A start is only once in the life of a process.
    int warmUpSeconds = benchmark.startUp() ? 0 : settings.warmUpSeconds();
    List<String> flags =
        benchmark.needsBroker()
            ? List.of("-D" + KafkaCounts.BROKER_PROPERTY + "=" + broker.address())
            : List.of();
    return jvm.run(
        peer,
        new RunArguments(benchmark.name(), work, warmUpSeconds, peer.options()),
        flags,
        label);
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
