package dev.lintel.benchmarks.cases;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;

/**
 * Case (f): how often each word comes, from text files to text files. An element is a line, a key
 * is a word.
 */
final class WordCount implements BenchmarkCase {

  /** What is written: of this run, since several may go on at once. */
  private static final Path OUTPUT =
      Corpus.scratch().resolve("word-counts-" + ProcessHandle.current().pid());

  @Override
  public String name() {
    return "wordcount";
  }

  @Override
  public String title() {
    return "Word count, files to files (elements are lines of 100 bytes)";
  }

  /** A gigabyte. */
  @Override
  public List<Work> works() {
    return List.of(Work.zipf(10_000_000, 100_000));
  }

  @Override
  public void prepare(Work work) {
    Keys.of(work).warm();
    new Corpus(work).make();
    Corpus.remove(OUTPUT);
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    pipeline
        .apply("Lines", TextIO.read().from(new Corpus(work).pattern()))
        .apply("Words", ParDo.of(new WordsFn()))
        .apply("Count", Count.perElement())
        .apply("Format", ParDo.of(new FormatFn()))
        .apply("Write", TextIO.write().to(OUTPUT.resolve("counts").toString()));
  }

  @Override
  public int check(Work work) {
    Map<String, Long> found = read();
    Corpus.remove(OUTPUT);
    long[] counts = new Corpus(work).counts();
    int words = 0;
    for (int number = 0; number < counts.length; number++) {
      if (counts[number] > 0) {
        words++;
        expect(Corpus.word(number), counts[number], found.getOrDefault(Corpus.word(number), 0L));
      }
    }
    expect("all words", words, found.size());
    return 2;
  }

  private static void expect(String what, long expected, long found) {
    if (expected != found) {
      throw new WrongResultException(
          "Expected " + expected + " of " + what + ", but found " + found);
    }
  }

  /** The counts in all files. */
  private static Map<String, Long> read() {
    Map<String, Long> counts = new HashMap<>();
    try (Stream<Path> files = Files.list(OUTPUT)) {
      for (Path file : files.toList()) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int colon = line.indexOf(':');
            long count = Long.parseLong(line.substring(colon + 2));
            if (counts.put(line.substring(0, colon), count) != null) {
              throw new WrongResultException("Expected each word once, but found again: " + line);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read the counts in " + OUTPUT, e);
    }
    return counts;
  }

  private static final class WordsFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> output) {
      int start = 0;
      for (int end = line.indexOf(' '); end >= 0; end = line.indexOf(' ', start)) {
        output.output(line.substring(start, end));
        start = end + 1;
      }
      output.output(line.substring(start));
    }
  }

  private static final class FormatFn extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<String, Long> count, OutputReceiver<String> output) {
      output.output(count.getKey() + ": " + count.getValue());
    }
  }
}
