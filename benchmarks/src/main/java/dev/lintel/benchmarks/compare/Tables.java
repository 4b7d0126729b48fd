package dev.lintel.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rows of one work as a table in Markdown. */
final class Tables {
  private static final String LINTEL = "lintel";
  private static final String HEAD =
      """
      | peer | %s | range | peak RSS | Lintel is | wanted |
      |---|---|---|---|---|---|
      """;

  private Tables() {}

  /** With a headline: a line for each peer, with how many times better Lintel is. */
  static String markdown(List<Row> rows) {
    Row first = rows.get(0);
    StringBuilder text = new StringBuilder();
    text.append("### ").append(headline(first)).append("\n\n");
    text.append(HEAD.formatted(first.benchmark().startUp() ? "process" : "elements/s"));
    for (Row each : rows) {
      text.append(line(rows, each));
    }
    for (Row each : rows) {
      for (String note : each.notes()) {
        text.append("\n").append(each.peer().title()).append(": ").append(note).append("\n");
      }
    }
    return text.append("\n").toString();
  }

  /** {@code case | Lintel | peer | ratio}, a line for each peer and each way that Lintel ran. */
  static String ratios(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    for (Row lintel : rows) {
      for (Row each : rows) {
        if (isCompared(lintel, each)) {
          text.append(
              "%-60s | %-20s %10s | %-36s %10s | %s%n"
                  .formatted(
                      headline(each),
                      lintel.peer().title(),
                      figure(lintel),
                      each.peer().title(),
                      figure(each),
                      ratioText(each, lintel)));
        }
      }
    }
    return text.toString();
  }

  /**
   * What takes checkpoints is compared with Lintel both without and with them; what starts with an
   * archive of classes, with what starts so, too.
   */
  private static boolean isCompared(Row lintel, Row other) {
    return lintel.peer().isLintel()
        && !other.peer().isLintel()
        && lintel.peer().fromArchive() == other.peer().fromArchive()
        && (lintel.peer().name().equals(LINTEL)
            || lintel.peer().fromArchive()
            || other.peer().checkpoints());
  }

  private static String headline(Row row) {
    return row.benchmark().startUp()
        ? row.benchmark().title()
        : row.benchmark().title() + ": " + row.work().describe();
  }

  private static String line(List<Row> rows, Row row) {
    List<String> ratios = new ArrayList<>();
    boolean met = true;
    Double wanted = Targets.of(row);
    for (Row lintel : rows) {
      if (isCompared(lintel, row)) {
        Double ratio = row.ratio(lintel);
        met &= ratio == null || wanted == null || ratio >= wanted;
        ratios.add(
            ratioText(row, lintel) + (lintel.peer().checkpoints() ? " (with checkpoints)" : ""));
      }
    }
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %s |%n",
        row.peer().title(),
        figure(row),
        range(row),
        row.isMeasured() ? Figures.three(row.peakMebibytes()) + " MiB" : "",
        String.join(", ", ratios),
        wantedText(wanted, met));
  }

  private static String wantedText(@Nullable Double wanted, boolean met) {
    return wanted == null ? "" : Figures.ratio(wanted) + (met ? "" : " **missed**");
  }

  private static String ratioText(Row row, Row lintel) {
    Double ratio = row.ratio(lintel);
    return ratio == null ? "—" : Figures.ratio(ratio);
  }

  private static String figure(Row row) {
    if (!row.isMeasured()) {
      return "none";
    }
    if (row.benchmark().startUp()) {
      return Figures.seconds(row.figure())
          + (row.runningSeconds() > 0
              ? " (running after " + Figures.seconds(row.runningSeconds()) + ")"
              : "");
    }
    String extra = String.join(", ", row.measures());
    return Figures.throughput(row.figure())
        + (row.isReduced() ? " (" + row.nextWork().describe() + ")" : "")
        + (extra.isEmpty() ? "" : "; " + extra);
  }

  private static String range(Row row) {
    if (!row.isMeasured()) {
      return "";
    }
    double[] range = row.range();
    return row.benchmark().startUp()
        ? Figures.three(range[0]) + " to " + Figures.seconds(range[1])
        : Figures.throughput(range[0]) + " to " + Figures.throughput(range[1]);
  }
}
