package dev.lintel.benchmarks.curves;

import dev.lintel.benchmarks.compare.Figures;
import dev.lintel.benchmarks.curves.Curve.Measure;
import dev.lintel.benchmarks.curves.Curve.Series;
import dev.lintel.benchmarks.curves.Curve.Slope;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A curve in Markdown: a table for each figure, and one for the slopes. */
final class CurveTables {
  private static final double MEBIBYTE = 1 << 20;

  private CurveTables() {}

  static String markdown(Curve curve, Runs runs) {
    StringBuilder text = new StringBuilder("## " + curve.title() + "\n\n");
    runs.facts()
        .forEach(
            (key, value) -> text.append("- ").append(key).append(": ").append(value).append("\n"));
    for (Measure measure : curve.measures()) {
      text.append("\n").append(table(curve, runs, measure));
    }
    if (!curve.slopes().isEmpty()) {
      text.append("\n").append(slopes(curve, runs));
    }
    for (String note : runs.notes()) {
      text.append("\n").append(note).append("\n");
    }
    return text.append("\n").toString();
  }

  private static String table(Curve curve, Runs runs, Measure measure) {
    List<Series> series = curve.series();
    StringBuilder text = new StringBuilder("**").append(measure.name()).append("**\n\n");
    appendRow(text, curve.x().title(), series.stream().map(Series::name).toList());
    appendRow(text, "---:", series.stream().map(each -> "---:").toList());
    for (double x : xs(curve, runs, measure)) {
      List<String> cells = new ArrayList<>();
      for (Series each : series) {
        cells.add(cell(runs.figures(each.name(), x, measure.name())));
      }
      appendRow(text, Scales.label(x), cells);
    }
    return text.toString();
  }

  private static List<Double> xs(Curve curve, Runs runs, Measure measure) {
    TreeSet<Double> xs = new TreeSet<>();
    for (Series each : curve.series()) {
      xs.addAll(runs.xs(each.name(), measure.name()));
    }
    return List.copyOf(xs);
  }

  /** The median, and what it is the median of. */
  private static String cell(double[] figures) {
    if (figures.length == 0) {
      return "";
    }
    String median = Figures.throughput(Figures.median(figures));
    return figures.length == 1
        ? median
        : "%s (%s – %s)"
            .formatted(
                median,
                Figures.throughput(figures[0]),
                Figures.throughput(figures[figures.length - 1]));
  }

  private static String slopes(Curve curve, Runs runs) {
    StringBuilder text = new StringBuilder();
    List<Double> xs = xs(curve, runs, curve.measures().get(0));
    List<String> heads = new ArrayList<>();
    for (int i = 1; i < xs.size(); i++) {
      heads.add(Scales.label(xs.get(i - 1)) + " to " + Scales.label(xs.get(i)));
    }
    if (heads.isEmpty()) {
      return "";
    }
    text.append("**Bytes each**: the medians' growth, divided by that of the ")
        .append(curve.x().title())
        .append("\n\n");
    appendRow(text, "", heads);
    appendRow(text, "---", heads.stream().map(each -> "---:").toList());
    for (Slope slope : curve.slopes()) {
      for (Measure measure : curve.measures()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i < xs.size(); i++) {
          cells.add(slope(runs, slope, measure, xs.get(i - 1), xs.get(i)));
        }
        appendRow(text, slope.title() + ", " + measure.name().replace(" MiB", ""), cells);
      }
    }
    return text.toString();
  }

  private static String slope(Runs runs, Slope slope, Measure measure, double from, double to) {
    if (!isMeasured(runs, slope.of(), measure, from, to)
        || !slope.without().isEmpty() && !isMeasured(runs, slope.without(), measure, from, to)) {
      return "";
    }
    double bytes = growth(runs, slope.of(), measure, from, to);
    if (!slope.without().isEmpty()) {
      bytes -= growth(runs, slope.without(), measure, from, to);
    }
    return Long.toString(Math.round(bytes));
  }

  private static boolean isMeasured(
      Runs runs, String series, Measure measure, double from, double to) {
    return runs.xs(series, measure.name()).containsAll(List.of(from, to));
  }

  private static double growth(Runs runs, String series, Measure measure, double from, double to) {
    double mebibytes =
        runs.median(series, to, measure.name()) - runs.median(series, from, measure.name());
    return mebibytes * MEBIBYTE / (to - from);
  }

  private static void appendRow(StringBuilder text, String first, List<String> cells) {
    text.append("| ").append(first).append(" | ").append(String.join(" | ", cells)).append(" |\n");
  }
}
