package dev.lintel.benchmarks.curves;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lintel.benchmarks.curves.Curve.Measure;
import dev.lintel.benchmarks.curves.Curve.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a command: {@code NAME.json} with every run, {@code NAME.md} with tables, and a
 * picture for each figure of each curve. A curve that is measured again replaces what was there;
 * the others stay. Each curve has the facts of its own measurement.
 */
final class CurveFiles {
  private final Path folder;
  private final Path pictures;
  private final String name;
  private final List<Curve> curves;
  private final Map<String, Runs> measured = new LinkedHashMap<>();

  /**
   * @param folder of the results, with what earlier commands have left
   * @param curves all there are, in the order of the tables
   */
  CurveFiles(Path folder, Path pictures, String name, List<Curve> curves) throws IOException {
    this.folder = folder;
    this.pictures = pictures;
    this.name = name;
    this.curves = curves;
    Path json = folder.resolve(name + ".json");
    if (Files.exists(json)) {
      JsonNode root = new ObjectMapper().readTree(json.toFile());
      for (Curve curve : curves) {
        if (root.has(curve.name())) {
          measured.put(curve.name(), Runs.read(root.path(curve.name())));
        }
      }
    }
  }

  /** What earlier commands have left of a curve; empty if there is nothing. */
  Runs runs(Curve curve) {
    return measured.getOrDefault(curve.name(), new Runs());
  }

  /** Writes all files with what a curve has so far. */
  void put(Curve curve, Runs runs) throws IOException {
    measured.put(curve.name(), runs);
    write();
  }

  /** Writes all files with what is known. */
  void write() throws IOException {
    Files.createDirectories(folder);
    Files.createDirectories(pictures);
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    StringBuilder text = new StringBuilder("# " + name + "\n\n");
    for (Curve curve : curves) {
      Runs runs = measured.get(curve.name());
      if (runs != null) {
        runs.write(root.putObject(curve.name()));
        text.append(CurveTables.markdown(curve, runs));
        draw(curve, runs, text);
      }
    }
    Files.writeString(folder.resolve(name + ".md"), text.toString());
    Files.writeString(
        folder.resolve(name + ".json"),
        mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  Path table() {
    return folder.resolve(name + ".md");
  }

  private void draw(Curve curve, Runs runs, StringBuilder text) throws IOException {
    for (Measure measure : curve.measures()) {
      List<Chart.Line> lines = lines(curve, runs, measure);
      if (lines.stream().allMatch(line -> line.dots().isEmpty())) {
        continue;
      }
      String suffix = measure.file().isEmpty() ? "" : "-" + measure.file();
      Path file = pictures.resolve(name + "-" + curve.name() + suffix + ".svg");
      Files.writeString(file, new Chart(curve.title(), curve.x(), measure.y(), lines).svg());
      text.append("![%s](%s)%n".formatted(measure.y().title(), folder.relativize(file)));
    }
    text.append("\n");
  }

  private static List<Chart.Line> lines(Curve curve, Runs runs, Measure measure) {
    List<Chart.Line> lines = new ArrayList<>();
    for (Series each : curve.series()) {
      List<Chart.Dot> dots = new ArrayList<>();
      for (double x : runs.xs(each.name(), measure.name())) {
        double[] figures = runs.figures(each.name(), x, measure.name());
        dots.add(
            new Chart.Dot(
                x,
                runs.median(each.name(), x, measure.name()),
                figures[0],
                figures[figures.length - 1]));
      }
      lines.add(new Chart.Line(each.name(), each.colour(), each.dashed(), dots));
    }
    return lines;
  }
}
