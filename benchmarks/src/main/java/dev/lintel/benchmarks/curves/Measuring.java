package dev.lintel.benchmarks.curves;

import dev.lintel.benchmarks.compare.ChildJvm;
import dev.lintel.benchmarks.compare.Outcome;
import dev.lintel.benchmarks.curves.Curve.Point;
import dev.lintel.benchmarks.curves.Curve.Series;
import dev.lintel.benchmarks.run.RunArguments;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures a curve in turns: every point in the first round, every point in the second, so that
 * what changes about the machine changes for all. A point that failed or was too slow is left out
 * of the rounds after.
 */
final class Measuring {
  private final ChildJvm jvm;
  private final int rounds;
  private final Consumer<String> progress;

  Measuring(ChildJvm jvm, int rounds, Consumer<String> progress) {
    this.jvm = jvm;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** What is done with the runs after each round. */
  @FunctionalInterface
  interface AfterRound {
    void take(Runs soFar) throws IOException;
  }

  void run(Curve curve, Runs runs, AfterRound afterRound) throws IOException {
    Set<Point> left = new HashSet<>();
    for (int round = 1; round <= rounds; round++) {
      for (Series series : curve.series()) {
        for (Point point : series.points()) {
          if (!left.contains(point) && !run(curve, series, point, round, runs)) {
            left.add(point);
          }
        }
      }
      afterRound.take(runs);
    }
  }

  private boolean run(Curve curve, Series series, Point point, int round, Runs runs) {
    String at = series.name() + " at " + Scales.label(point.x());
    String label =
        (curve.name() + "-" + at + "-" + round)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9.]+", "-");
    RunArguments arguments =
        new RunArguments(
            point.caseName(), point.work(), curve.warmUps(), point.peer().options());
    Outcome outcome = jvm.run(point.peer(), arguments, label);
    if (outcome instanceof Outcome.Measured measured) {
      runs.add(series.name(), point.x(), measured);
      progress.accept(label + ": " + text(measured));
      return true;
    }
    progress.accept(label + ": " + outcome);
    runs.note(at + ": " + outcome);
    return false;
  }

  private static String text(Outcome.Measured measured) {
    return Scales.label(Math.rint(measured.throughput()))
        + "/s"
        + (measured.measures().isEmpty() ? "" : " " + measured.measures());
  }
}
