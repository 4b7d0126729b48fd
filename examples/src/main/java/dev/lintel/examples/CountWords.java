package dev.lintel.examples;

import java.util.regex.Pattern;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** Counts the words of some lines, per window. A word is a run of letters of any script. */
final class CountWords extends PTransform<PCollection<String>, PCollection<KV<String, Long>>> {
  private static final long serialVersionUID = 1L;
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}]+");

  @Override
  public PCollection<KV<String, Long>> expand(PCollection<String> lines) {
    return lines
        .apply("SplitIntoWords", ParDo.of(new SplitIntoWords()))
        .apply("CountPerWord", Count.perElement());
  }

  /** A line's words. */
  private static final class SplitIntoWords extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> words) {
      for (String word : BETWEEN_WORDS.split(line)) {
        // A line that begins with something else than a letter has an empty token in front.
        if (!word.isEmpty()) {
          words.output(word);
        }
      }
    }
  }
}
