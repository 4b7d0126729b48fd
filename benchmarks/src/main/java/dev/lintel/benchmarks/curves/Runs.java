package dev.lintel.benchmarks.curves;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lintel.benchmarks.compare.Figures;
import dev.lintel.benchmarks.compare.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the runs of one curve have given: for each series and x the figures of every run, by name.
 */
final class Runs {
  static final String THROUGHPUT = "elements/s";
  private static final String PEAK = "peak RSS MiB";
  private static final String SEPARATOR = "; ";
  private static final double KIBIBYTES_PER_MEBIBYTE = 1024;

  private final Map<String, String> facts = new LinkedHashMap<>();
  private final Map<String, NavigableMap<Double, List<Map<String, Double>>>> series =
      new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Begins a measurement that adds to what is there.
   *
   * @param now the machine, the settings and the command, by name: what differs from before is told
   *     beside it
   */
  void measuredBy(Map<String, String> now) {
    now.forEach(
        (name, value) ->
            facts.merge(
                name,
                value,
                (before, after) ->
                    List.of(before.split(SEPARATOR)).contains(after)
                        ? before
                        : before + SEPARATOR + after));
  }

  void add(String name, double x, Outcome.Measured measured) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(THROUGHPUT, measured.throughput());
    figures.put(PEAK, measured.result().peakKibibytes() / KIBIBYTES_PER_MEBIBYTE);
    figures.putAll(measured.measures());
    at(name, x).add(figures);
  }

  /** What was too slow, and what failed. */
  void note(String text) {
    notes.add(text);
  }

  boolean hasNotes() {
    return !notes.isEmpty();
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  Map<String, String> facts() {
    return Collections.unmodifiableMap(facts);
  }

  /** Every x at which a series has a figure, in order. */
  List<Double> xs(String name, String measure) {
    NavigableMap<Double, List<Map<String, Double>>> points =
        series.getOrDefault(name, new TreeMap<>());
    return points.keySet().stream().filter(x -> figures(name, x, measure).length > 0).toList();
  }

  /** Empty if there is no run. */
  double[] figures(String name, double x, String measure) {
    return series.getOrDefault(name, new TreeMap<>()).getOrDefault(x, List.of()).stream()
        .filter(run -> run.containsKey(measure))
        .mapToDouble(run -> run.getOrDefault(measure, 0.0))
        .sorted()
        .toArray();
  }

  /**
   * @throws IllegalArgumentException if there is none
   */
  double median(String name, double x, String measure) {
    return Figures.median(figures(name, x, measure));
  }

  private List<Map<String, Double>> at(String name, double x) {
    return series
        .computeIfAbsent(name, unused -> new TreeMap<>())
        .computeIfAbsent(x, unused -> new ArrayList<>());
  }

  void write(ObjectNode node) {
    ObjectNode told = node.putObject("facts");
    facts.forEach(told::put);
    notes.forEach(node.putArray("notes")::add);
    ArrayNode points = node.putArray("points");
    series.forEach(
        (name, all) ->
            all.forEach(
                (x, runs) -> {
                  ObjectNode point = points.addObject();
                  point.put("series", name);
                  point.put("x", x);
                  ArrayNode each = point.putArray("runs");
                  runs.forEach(run -> run.forEach(each.addObject()::put));
                }));
  }

  /** What {@link #write} has written. */
  static Runs read(JsonNode node) {
    Runs read = new Runs();
    node.path("facts")
        .fields()
        .forEachRemaining(e -> read.facts.put(e.getKey(), e.getValue().asText()));
    node.path("notes").forEach(each -> read.note(each.asText()));
    for (JsonNode point : node.path("points")) {
      List<Map<String, Double>> runs =
          read.at(point.path("series").asText(), point.path("x").asDouble());
      for (JsonNode run : point.path("runs")) {
        Map<String, Double> figures = new LinkedHashMap<>();
        run.fields().forEachRemaining(e -> figures.put(e.getKey(), e.getValue().asDouble()));
        runs.add(figures);
      }
    }
    return read;
  }
}
