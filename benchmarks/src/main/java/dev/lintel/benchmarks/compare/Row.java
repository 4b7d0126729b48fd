package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.compare.Outcome.Measured;
import dev.lintel.benchmarks.compare.Outcome.TooSlow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One peer at one work of one case: what its runs gave, and how much less work it does since it is
 * too slow for all of it.
 */
final class Row {
  private static final long LESS = 4;
  private static final long DIVISOR_MAX = 10_000;

  private final BenchmarkCase benchmark;
  private final Work work;
  private final Peer peer;
  private final List<Measured> runs = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private long divisor;
  private boolean givenUp;
  private boolean failed;

  Row(BenchmarkCase benchmark, Work work, Peer peer) {
    this.benchmark = benchmark;
    this.work = work;
    this.peer = peer;
    this.divisor = work.keys() == 1 ? 1 : peer.divisor();
  }

  BenchmarkCase benchmark() {
    return benchmark;
  }

  Work work() {
    return work;
  }

  Peer peer() {
    return peer;
  }

  /** The work of the next run. */
  Work nextWork() {
    return work.dividedBy(divisor);
  }

  /** Whether no further run makes sense. */
  boolean givenUp() {
    return givenUp;
  }

  /**
   * Takes the outcome of a run of {@link #nextWork}.
   *
   * @return whether the run should be tried again, with less work
   */
  boolean take(Outcome outcome) {
    if (outcome instanceof Measured measured) {
      runs.add(measured);
      return false;
    }
    if (outcome instanceof TooSlow slow) {
      notes.add("> " + Figures.seconds(slow.limitSeconds()) + " at " + nextWork().describe());
      // Figures at different sizes make no median.
      runs.clear();
      divisor *= LESS;
      givenUp = divisor > DIVISOR_MAX;
      return !givenUp;
    }
    notes.add("FAILED: " + ((Outcome.Failed) outcome).reason());
    failed = true;
    givenUp = true;
    return false;
  }

  boolean hasFailed() {
    return failed;
  }

  boolean isMeasured() {
    return !runs.isEmpty() && !givenUp;
  }

  boolean isReduced() {
    return divisor > 1;
  }

  /** Of a start-up, the seconds of the process; of all others, elements per second. */
  double figure() {
    return median(benchmark.startUp() ? Measured::processSeconds : Measured::throughput);
  }

  /** The smallest and the largest of what {@link #figure} is the median of. */
  double[] range() {
    double[] all =
        runs.stream()
            .mapToDouble(benchmark.startUp() ? Measured::processSeconds : Measured::throughput)
            .sorted()
            .toArray();
    return new double[] {all[0], all[all.length - 1]};
  }

  double peakMebibytes() {
    return median(run -> run.result().peakKibibytes() / 1024.0);
  }

  double runningSeconds() {
    return median(Measured::runningSeconds);
  }

  /** The medians of what the case measures beside. */
  List<String> measures() {
    return runs.get(0).measures().keySet().stream()
        .map(
            name ->
                name + " " + Figures.three(median(run -> run.measures().getOrDefault(name, 0.0))))
        .toList();
  }

  List<Measured> runs() {
    return List.copyOf(runs);
  }

  /** What was too slow, and what failed. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** How many times Lintel is better; null if either has no figure. */
  @Nullable Double ratio(Row lintel) {
    if (!isMeasured() || !lintel.isMeasured()) {
      return null;
    }
    if (!benchmark.ratioOf().isEmpty()) {
      return Double.valueOf(measure() / lintel.measure());
    }
    return Double.valueOf(
        benchmark.startUp() ? figure() / lintel.figure() : lintel.figure() / figure());
  }

  private double measure() {
    return median(run -> run.measures().getOrDefault(benchmark.ratioOf(), Double.NaN));
  }

  private double median(ToDoubleFunction<Measured> of) {
    return Figures.median(runs.stream().mapToDouble(of).toArray());
  }
}
