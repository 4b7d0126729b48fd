package dev.lintel.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Counts the words of text files: the {@code wordcount} example. */
public final class WordCount {
  private WordCount() {}

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description("The text files to read: a path or a pattern such as /usr/share/doc/*/copyright.")
    @Validation.Required
    String getInputFile();

    void setInputFile(String value);

    @Description("Where to write: the files are called OUTPUT-00000-of-00003 and so on.")
    @Validation.Required
    String getOutput();

    void setOutput(String value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    InputFiles.check(options.getInputFile());
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("ReadLines", TextIO.read().from(options.getInputFile()))
        .apply("CountWords", new CountWords())
        .apply(
            "FormatCounts",
            MapElements.into(TypeDescriptors.strings())
                .via(count -> count.getKey() + ": " + count.getValue()))
        .apply("WriteCounts", TextIO.write().to(options.getOutput()));
    pipeline.run().waitUntilFinish();
  }
}
