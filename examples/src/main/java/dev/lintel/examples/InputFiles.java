package dev.lintel.examples;

import java.io.File;
import java.util.regex.Pattern;

/** A check of options that name input files, before a pipeline starts. */
final class InputFiles {
  private static final Pattern PATTERN_OR_URI = Pattern.compile(".*[*?\\[{].*|[A-Za-z0-9+.-]+:.*");

  private InputFiles() {}

  /**
   * Refuses the path of a local file that is not there. Beam would find out too, but only after a
   * walk through everything below the folder (apache/beam#18193): for a path such as {@code
   * /missing.txt}, the whole disk. Patterns and URIs are left to Beam.
   */
  static void check(String inputFile) {
    check("inputFile", inputFile);
  }

  /** The same for an option of another name. */
  static void check(String option, String inputFile) {
    if (!PATTERN_OR_URI.matcher(inputFile).matches() && !new File(inputFile).exists()) {
      throw new IllegalArgumentException(
          "Expected a file at --"
              + option
              + "="
              + inputFile
              + ", but there is none. Give a path, or a pattern such as 'texts/*.txt'.");
    }
  }
}
