package dev.lintel.benchmarks.curves;

import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.compare.Peer;
import dev.lintel.benchmarks.compare.Settings;
import java.util.List;

/**
 * How figures depend on one size, and what has to be run for it.
 *
 * @param name on the command line, in the files' names: a word, such as "keys"
 * @param measures the figures: a table and a picture for each
 * @param slopes what the figures cost for each unit of x
 * @param warmUpSeconds how long unmeasured runs are repeated in each JVM; 0 for none
 * @param jvm options of the JVMs beside those of every run
 */
record Curve(
    String name,
    String title,
    Axis x,
    List<Measure> measures,
    List<Series> series,
    List<Slope> slopes,
    int warmUpSeconds,
    List<String> jvm) {

  /** Of throughput: each JVM has a warm-up. */
  static Curve ofThroughput(String name, String title, Axis x, Axis y, List<Series> series) {
    Measure measure = new Measure(Runs.THROUGHPUT, "", y);
    return new Curve(
        name, title, x, List.of(measure), series, List.of(), Settings.WARM_UP_SECONDS, List.of());
  }

  /**
   * @param logarithmic whether equal ratios have equal lengths
   */
  record Axis(String title, boolean logarithmic) {
    static Axis linear(String title) {
      return new Axis(title, false);
    }

    static Axis logarithmic(String title) {
      return new Axis(title, true);
    }
  }

  /**
   * One of the figures that a run gives.
   *
   * @param name as the run gives it
   * @param file what tells its picture from the others of the curve; empty for the only one
   */
  record Measure(String name, String file, Axis y) {}

  /**
   * One line of the picture.
   *
   * @param colour the number of its colour
   * @param dashed what tells lines of the same colour from each other
   */
  record Series(String name, int colour, boolean dashed, List<Point> points) {}

  /** What is run at one x. */
  record Point(double x, Peer peer, String caseName, Work work) {}

  /**
   * The growth of every figure (in MiB) from one x to the next, in bytes for each unit of x.
   *
   * @param of the name of a series
   * @param without the name of the series whose growth is taken off; empty for none
   */
  record Slope(String title, String of, String without) {}
}
