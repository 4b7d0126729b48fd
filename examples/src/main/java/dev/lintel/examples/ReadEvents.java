package dev.lintel.examples;

import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Reads the events of text files ({@link EventLine}), each at its own time.
 *
 * <p>A line that is no event does not stop the pipeline, and is not lost either: it is written, as
 * it is, to a file of bad lines, where it can be corrected and read again, and the counter {@code
 * badLines} counts it. If there are none, there is no such file.
 */
final class ReadEvents extends PTransform<PBegin, PCollection<KV<String, String>>> {
  private static final long serialVersionUID = 1L;
  private static final TupleTag<KV<String, String>> EVENTS = new TupleTag<>("events") {};
  private static final TupleTag<String> BAD_LINES = new TupleTag<>("badLines") {};

  private final String inputFile;
  private final String badLinesPrefix;

  /**
   * Reads {@code inputFile}, a path or a pattern.
   *
   * @param badLinesPrefix the files of bad lines are called {@code PREFIX-00000-of-00001} and so on
   */
  ReadEvents(String inputFile, String badLinesPrefix) {
    this.inputFile = inputFile;
    this.badLinesPrefix = badLinesPrefix;
  }

  @Override
  public PCollection<KV<String, String>> expand(PBegin begin) {
    PCollectionTuple parsed =
        begin
            .apply("ReadLines", TextIO.read().from(inputFile))
            .apply(
                "ParseLines",
                ParDo.of(new ParseLine()).withOutputTags(EVENTS, TupleTagList.of(BAD_LINES)));
    parsed
        .get(BAD_LINES)
        .apply(
            "WriteBadLines", TextIO.write().to(badLinesPrefix).withOutputFilenames().skipIfEmpty());
    return parsed.get(EVENTS);
  }

  /** A line's event, or the line itself if it is none. */
  private static final class ParseLine extends DoFn<String, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    private final Counter badLines = Metrics.counter(ReadEvents.class, "badLines");

    @ProcessElement
    public void process(@Element String line, MultiOutputReceiver outputs) {
      if (!EventLine.isEvent(line)) {
        return;
      }
      TimestampedValue<KV<String, String>> event;
      try {
        event = EventLine.parse(line);
      } catch (IllegalArgumentException e) {
        badLines.inc();
        outputs.get(BAD_LINES).output(line);
        return;
      }
      outputs.get(EVENTS).outputWithTimestamp(event.getValue(), event.getTimestamp());
    }
  }
}
