package dev.lintel.validates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Beam's category annotations for each test method: which features of the model a test needs.
 *
 * <p>The test JVM writes them into a file, a line for each method: {@code class#method}, a tab, and
 * the simple names of its categories with commas between them.
 */
public final class Categories {

  private static final List<String> OF_EVERY_TEST = List.of("ValidatesRunner", "NeedsRunner");

  private final Map<String, List<String>> byMethodId;

  Categories(Map<String, List<String>> byMethodId) {
    this.byMethodId = Map.copyOf(byMethodId);
  }

  /** Reads the file; a file that isn't there gives no categories. */
  public static Categories read(Path file) throws IOException {
    Map<String, List<String>> byMethodId = new HashMap<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] columns = line.split("\t", 2);
        if (columns.length == 2) {
          byMethodId.put(columns[0], List.of(columns[1].split(",")));
        }
      }
    }
    return new Categories(byMethodId);
  }

  /** The features that a test needs; never empty. */
  public List<String> of(TestResult result) {
    List<String> features =
        byMethodId.getOrDefault(result.methodId(), List.of()).stream()
            .filter(category -> !OF_EVERY_TEST.contains(category))
            .toList();
    return features.isEmpty() ? List.of("no category") : features;
  }
}
