package dev.lintel.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a command has measured so far, as files: {@code NAME.md} for readers, {@code NAME.json} with
 * every run. Written anew after each work, so that a command that is cut off leaves what it had.
 */
final class Results {
  private final Path folder;
  private final String name;
  private final Map<String, String> facts;
  private final List<List<Row>> works = new ArrayList<>();

  /**
   * @param facts the machine, the settings and the command, by name
   */
  Results(Path folder, String name, Map<String, String> facts) {
    this.folder = folder;
    this.name = name;
    this.facts = facts;
  }

  void add(List<Row> rows) throws IOException {
    works.add(rows);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name + ".md"), markdown());
    Files.writeString(folder.resolve(name + ".json"), json() + "\n");
  }

  Path table() {
    return folder.resolve(name + ".md");
  }

  /** Whether a run ended with an error or a wrong result. */
  boolean hasFailures() {
    return works.stream().flatMap(Collection::stream).anyMatch(Row::hasFailed);
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# " + name + "\n\n");
    facts.forEach(
        (key, value) -> text.append("- ").append(key).append(": ").append(value).append("\n"));
    text.append("\n");
    for (List<Row> rows : works) {
      text.append(Tables.markdown(rows));
    }
    text.append("## Settings of the peers\n\n");
    Set<String> settings = new LinkedHashSet<>();
    works.stream()
        .flatMap(Collection::stream)
        .forEach(
            row ->
                settings.add(
                    "- "
                        + row.peer().title()
                        + ": `"
                        + String.join(" ", row.peer().options())
                        + "`\n"));
    settings.forEach(text::append);
    return text.toString();
  }

  private String json() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    facts.forEach(root::put);
    ArrayNode all = root.putArray("rows");
    for (List<Row> rows : works) {
      for (Row row : rows) {
        fill(all.addObject(), row);
      }
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  private static void fill(ObjectNode node, Row row) {
    node.put("case", row.benchmark().name());
    node.put("keys", row.work().keys());
    node.put("elements", row.work().elements());
    node.put("distribution", row.work().distribution().name());
    node.put("peer", row.peer().name());
    row.notes().forEach(node.withArray("notes")::add);
    ArrayNode runs = node.putArray("runs");
    for (Outcome.Measured run : row.runs()) {
      ObjectNode each = runs.addObject();
      each.put("elements", run.result().elements());
      each.put("seconds", run.result().seconds());
      each.put("peakKiB", run.result().peakKibibytes());
      each.put("checks", run.result().checks());
      each.put("runningSeconds", run.runningSeconds());
      each.put("processSeconds", run.processSeconds());
      run.measures().forEach(each::put);
    }
  }
}
