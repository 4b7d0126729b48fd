package dev.lintel.benchmarks.curves;

import dev.lintel.benchmarks.compare.ChildJvm;
import dev.lintel.benchmarks.compare.Outcome;
import dev.lintel.benchmarks.curves.Curve.Point;
import dev.lintel.benchmarks.curves.Curve.Series;
import dev.lintel.benchmarks.run.RunArguments;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

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

  /** What is done with the runs after each of them: a command may be cut off at any time. */
  @FunctionalInterface
  interface AfterRun {
    void take(Runs soFar) throws IOException;
  }

  /**
   * @param wanted of "SERIES at X"
   */
  void run(Curve curve, Predicate<String> wanted, Runs runs, AfterRun afterRun) throws IOException {
    Set<Point> left = new HashSet<>();
    for (int round = 1; round <= rounds; round++) {
      for (Series series : curve.series()) {
        for (Point point : series.points()) {
          if (wanted.test(name(series, point)) && !left.contains(point)) {
            if (!run(curve, series, point, round, runs)) {
              left.add(point);
            }
            afterRun.take(runs);
          }
        }
      }
    }
  }

  private static String name(Series series, Point point) {
    return series.name() + " at " + Scales.label(point.x());
  }

  private boolean run(Curve curve, Series series, Point point, int round, Runs runs) {
    String at = name(series, point);
    String label =
        (curve.name() + "-" + at + "-" + round)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9.]+", "-");
    RunArguments arguments =
        new RunArguments(
            point.caseName(), point.work(), curve.warmUpSeconds(), point.peer().options());
    Outcome outcome = jvm.run(point.peer(), arguments, List.of(), label);
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
