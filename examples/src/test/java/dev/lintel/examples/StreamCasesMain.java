package dev.lintel.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link StreamCase}s, one after another, in one process, and writes what came out: for each
 * case a line {@code # NAME}, and below it the lines of its output. Options: those of the
 * pipelines, except {@code --results}, the file to write, and {@code --case}, the one case to run.
 */
final class StreamCasesMain {
  /** The options besides those of the pipelines. */
  public interface Options extends PipelineOptions {
    String getResults();

    void setResults(String value);

    @Nullable String getCase();

    void setCase(String value);
  }

  // Both runners run a pipeline in this process, on threads of their own.
  private static final Queue<String> COLLECTED = new ConcurrentLinkedQueue<>();

  private StreamCasesMain() {}

  public static void main(String[] args) throws IOException {
    List<String> results = new ArrayList<>();
    Options options = PipelineOptionsFactory.fromArgs(args).as(Options.class);
    String name = options.getCase();
    List<StreamCase> cases = name == null ? StreamCase.all() : List.of(StreamCase.named(name));
    for (StreamCase streamCase : cases) {
      results.add("# " + streamCase.name());
      results.addAll(run(streamCase, options));
    }
    Files.write(Path.of(options.getResults()), results);
  }

  private static List<String> run(StreamCase streamCase, Options options) {
    COLLECTED.clear();
    Pipeline pipeline = Pipeline.create(options);
    streamCase.input().apply(pipeline).apply("Collect", ParDo.of(new Collect()));
    pipeline.run().waitUntilFinish();
    return new ArrayList<>(COLLECTED);
  }

  private static final class Collect extends DoFn<String, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String line) {
      COLLECTED.add(line);
    }
  }
}
