package dev.lintel.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Text to count, the counts that are right, and the counts that a pipeline has written. */
final class WordFiles {
  private static final Pattern WORD = Pattern.compile("\\p{L}+");
  private static final String[] WORDS = {
    "stone", "beam", "Beam", "lintel", "Träger", "balka", "балка", "梁", "poutre", "x"
  };
  private static final String[] SEPARATORS = {" ", "  ", ", ", "-", "'", " 42 ", "\t", "_", "…"};

  private WordFiles() {}

  /** A line of words in several scripts, with all sorts of things between, before and after. */
  static String randomLine(SplittableRandom random) {
    StringBuilder line = new StringBuilder();
    if (random.nextInt(4) == 0) {
      line.append(SEPARATORS[random.nextInt(SEPARATORS.length)]);
    }
    int words = random.nextInt(12);
    for (int i = 0; i < words; i++) {
      // The product of two makes some words more frequent than others.
      line.append(WORDS[random.nextInt(1 + random.nextInt(WORDS.length))]);
      line.append(SEPARATORS[random.nextInt(SEPARATORS.length)]);
    }
    return line.toString();
  }

  static List<String> randomLines(SplittableRandom random, int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(randomLine(random));
    }
    return lines;
  }

  /** Counts in another way than the pipelines do: it finds words, they split at what is none. */
  static Map<String, Long> count(Iterable<String> lines) {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : lines) {
      Matcher words = WORD.matcher(line);
      while (words.find()) {
        counts.merge(words.group(), 1L, Long::sum);
      }
    }
    return counts;
  }

  /** The counts in all files whose names begin so. A word that is there twice is an error. */
  static Map<String, Long> readCounts(Path folder, String namePrefix) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    for (Path file : filesIn(folder, namePrefix)) {
      for (String line : Files.readAllLines(file)) {
        int colon = line.lastIndexOf(": ");
        Long before =
            counts.put(line.substring(0, colon), Long.parseLong(line.substring(colon + 2)));
        if (before != null) {
          throw new AssertionError(
              "Expected each word once, but '" + line + "' came after a count of " + before);
        }
      }
    }
    return counts;
  }

  static List<Path> filesIn(Path folder, String namePrefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(namePrefix)).toList();
    }
  }
}
