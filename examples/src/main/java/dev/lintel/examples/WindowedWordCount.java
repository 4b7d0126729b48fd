package dev.lintel.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileBasedSink;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Counts the words of a log for each span of time: the {@code windowed-wordcount} example. Each
 * line begins with its time, and each window gets files of its own.
 */
public final class WindowedWordCount {
  private WindowedWordCount() {}

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description(
        "The text files to read: a path or a pattern. Each line is a time such as"
            + " 2026-01-31T12:00:00Z, a space, and text.")
    @Validation.Required
    String getInputFile();

    void setInputFile(String value);

    @Description(
        "Where to write: the files of the window that begins at noon are called"
            + " OUTPUT-2026-01-31T12-00-00.000Z-00000-of-00001 and so on.")
    @Validation.Required
    String getOutput();

    void setOutput(String value);

    @Description("The length of a window in seconds.")
    @Default.Integer(60)
    int getWindowSeconds();

    void setWindowSeconds(int value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    InputFiles.check(options.getInputFile());
    Pipeline pipeline = Pipeline.create(options);
    Duration windowLength = Duration.standardSeconds(options.getWindowSeconds());
    pipeline
        .apply("ReadLines", TextIO.read().from(options.getInputFile()))
        .apply("TakeTimes", ParDo.of(new TakeTime()))
        .apply("IntoWindows", Window.into(FixedWindows.of(windowLength)))
        .apply("CountWords", new CountWords())
        .apply(
            "FormatCounts",
            MapElements.into(TypeDescriptors.strings())
                .via(count -> count.getKey() + ": " + count.getValue()))
        .apply(
            "WriteCounts",
            TextIO.write()
                .to(new WindowFileNames(options.getOutput()))
                .withTempDirectory(
                    FileBasedSink.convertToFileResourceIfPossible(options.getOutput())
                        .getCurrentDirectory())
                .withWindowedWrites()
                .withNumShards(1));
    pipeline.run().waitUntilFinish();
  }

  /** A line without the time at its beginning, at that time. */
  private static final class TakeTime extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> texts) {
      int space = line.indexOf(' ');
      String time = space < 0 ? line : line.substring(0, space);
      Instant instant;
      try {
        instant = Instant.parse(time);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "Expected a line to begin with a time such as 2026-01-31T12:00:00Z and a space, but"
                + " found '"
                + line
                + "'. Correct the line, or leave it out of --inputFile.",
            e);
      }
      texts.outputWithTimestamp(space < 0 ? "" : line.substring(space + 1), instant);
    }
  }
}
