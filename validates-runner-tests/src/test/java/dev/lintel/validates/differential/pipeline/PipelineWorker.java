package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.PipelineRequest;
import dev.lintel.validates.differential.spec.PipelineSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Runs generated pipelines on one runner: takes requests from standard input and answers each on
 * standard output, until the input ends. The program's arguments are the pipeline options.
 */
public final class PipelineWorker {
  private final String[] options;

  private PipelineWorker(String[] options) {
    this.options = options;
  }

  /** Answers requests until there are no more. */
  public static void main(String[] args) throws InterruptedException {
    PrintStream answers = System.out;
    // Whatever else prints must not get between the answers.
    System.setOut(System.err);
    BlockingQueue<PipelineRequest> requests = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(requests), "requests");
    reader.setDaemon(true);
    reader.start();
    PipelineWorker worker = new PipelineWorker(args);
    while (true) {
      worker.run(requests.take()).forEach(answers::println);
      answers.println(PipelineRequest.END);
      answers.flush();
    }
  }

  /** Ends the process with its input: nobody waits for a pipeline that may never end then. */
  private static void read(BlockingQueue<PipelineRequest> requests) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        requests.add(PipelineRequest.parse(line));
      }
      System.exit(0);
    } catch (IOException e) {
      System.err.println("Expected requests, but the input can't be read: " + e);
      System.exit(1);
    }
  }

  private List<String> run(PipelineRequest request) {
    PipelineSpec spec =
        request
            .pipeline()
            .orElseThrow(
                () -> new IllegalArgumentException("Expected a pipeline, but found " + request));
    long run = Observations.startRun();
    try {
      PipelineOptions parsed = PipelineOptionsFactory.fromArgs(options).create();
      Pipeline pipeline = Pipeline.create(parsed);
      PipelineBuilder.build(pipeline, spec, run);
      PipelineResult result = pipeline.run();
      PipelineResult.State state = result.waitUntilFinish();
      List<String> lines = new ArrayList<>(List.of(state.toString()));
      lines.addAll(Observations.sorted());
      lines.addAll(metrics(result));
      return lines;
    } catch (RuntimeException | Error e) {
      return List.of(failure(e));
    }
  }

  /** How far a pipeline comes before it fails is not determined: only that it fails, and how. */
  private static String failure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ElementwiseSteps.DeliberateException) {
        return "FAILED as it should";
      }
    }
    failure.printStackTrace();
    return "FAILED with " + failure.toString().replace('\n', ' ');
  }

  private static List<String> metrics(PipelineResult result) {
    MetricQueryResults metrics =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.inNamespace(Observations.METRICS))
                    .build());
    List<String> lines = new ArrayList<>();
    metrics.getCounters().forEach(counter -> lines.add(line(counter)));
    metrics.getDistributions().forEach(distribution -> lines.add(line(distribution)));
    // A metric that nobody has moved may be reported or not.
    lines.removeIf(line -> line.endsWith(" 0") || line.contains("count=0"));
    lines.sort(null);
    return lines;
  }

  private static String line(MetricResult<?> metric) {
    return "metric " + metric.getName().getName() + " " + metric.getAttempted();
  }
}
