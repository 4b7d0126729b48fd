package dev.lintel.benchmarks.cases;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Text files with lines of about a hundred bytes, whose words are those of a work's keys.
 *
 * <p>They are made once for each work, below the system's temporary folder, and stay there: a line
 * is a function of the work, so that files that are there are the right ones.
 */
final class Corpus {
  static final int WORDS_PER_LINE = 14;

  /** As many as a reader with two slots can share well. */
  private static final int FILES = 8;

  private static final String COMPLETE = "complete";

  private final Work work;
  private final Keys keys;

  Corpus(Work work) {
    this.work = work;
    this.keys = Keys.of(work);
  }

  /** Which files to read. */
  String pattern() {
    return folder().resolve("part-*.txt").toString();
  }

  /** How often each word comes, by its number. */
  long[] counts() {
    long[] counts = new long[Math.toIntExact(work.keys())];
    for (long index = 0; index < work.elements() * WORDS_PER_LINE; index++) {
      counts[(int) keys.keyOf(index)]++;
    }
    return counts;
  }

  /**
   * The word with a number: its digits to the base of 26, as letters, behind a few others that
   * bring words to the usual length. The first letter tells how many.
   */
  static String word(long number) {
    StringBuilder word = new StringBuilder("word".substring((int) (number & 3)));
    for (long rest = number; ; rest /= 26) {
      word.append((char) ('a' + rest % 26));
      if (rest < 26) {
        return word.toString();
      }
    }
  }

  static Path scratch() {
    return Path.of(System.getProperty("java.io.tmpdir"), "lintel-benchmarks");
  }

  private Path folder() {
    return scratch()
        .resolve("text-" + work.elements() + "-" + work.keys() + "-" + work.distribution());
  }

  /** Writes the files, if they are not there. */
  void make() {
    Path folder = folder();
    if (Files.exists(folder.resolve(COMPLETE))) {
      return;
    }
    try {
      Files.createDirectories(folder);
      String[] words = new String[Math.toIntExact(work.keys())];
      for (int i = 0; i < words.length; i++) {
        words[i] = word(i);
      }
      for (int file = 0; file < FILES; file++) {
        write(folder.resolve("part-" + file + ".txt"), words, file);
      }
      Files.createFile(folder.resolve(COMPLETE));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write the text in " + folder, e);
    }
  }

  private void write(Path file, String[] words, int number) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (long line = number; line < work.elements(); line += FILES) {
        for (int i = 0; i < WORDS_PER_LINE; i++) {
          out.write(words[(int) keys.keyOf(line * WORDS_PER_LINE + i)]);
          out.write(i + 1 < WORDS_PER_LINE ? ' ' : '\n');
        }
      }
    }
  }

  /** Removes a folder and what is in it. */
  static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not remove " + folder, e);
    }
  }
}
