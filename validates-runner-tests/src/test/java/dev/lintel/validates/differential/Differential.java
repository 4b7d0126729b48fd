package dev.lintel.validates.differential;

import dev.lintel.validates.differential.spec.PipelineRequest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Runs generated pipelines on DirectRunner and on the runner that is tested, and compares. Works in
 * the module's folder, with the class paths that the build wrote to {@code target/classpaths}.
 */
final class Differential implements AutoCloseable {
  private static final int RUNS_AGAIN = 3;
  private static final int SEEDS_AHEAD = 16;
  private static final int PROGRESS_SEEDS = 50;

  private final RunnerProcess direct;
  private final RunnerProcess tested;

  /**
   * @param options of the runner that is tested, its name among them
   */
  Differential(List<String> options) {
    Path logs = Path.of("target/differential");
    try {
      Files.createDirectories(logs);
      Files.deleteIfExists(logs.resolve("direct.log"));
      Files.deleteIfExists(logs.resolve("tested.log"));
    } catch (IOException e) {
      throw new UncheckedIOException("Expected a folder for logs: " + logs, e);
    }
    direct =
        new RunnerProcess(
            Path.of("target/direct/beam-runners-direct-java.jar").toAbsolutePath()
                + File.pathSeparator
                + classPath("direct"),
            // The checks of DirectRunner are for users' DoFns and take time.
            List.of(
                "--runner=DirectRunner",
                "--enforceImmutability=false",
                "--enforceEncodability=false"),
            logs.resolve("direct.log").toFile());
    tested = new RunnerProcess(classPath("lintel"), options, logs.resolve("tested.log").toFile());
  }

  private static String classPath(String name) {
    Path file = Path.of("target/classpaths", name).toAbsolutePath();
    try {
      return String.join(
          File.pathSeparator,
          Path.of("target/test-classes").toAbsolutePath().toString(),
          Path.of("target/classes").toAbsolutePath().toString(),
          Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected a class path in "
              + file
              + ", but it can't be read: Maven writes it (mvn -Dquick -pl validates-runner-tests -am"
              + " process-test-classes)",
          e);
    }
  }

  /** Both runs of one pipeline. */
  private record Runs(
      PipelineRequest request,
      CompletableFuture<Outcome> direct,
      CompletableFuture<Outcome> tested) {
    boolean differ() {
      return !direct.join().equals(tested.join()) || direct.join().isUnexpected();
    }
  }

  private Runs start(PipelineRequest request) {
    return new Runs(request, direct.run(request), tested.run(request));
  }

  /** Compares the pipelines of some seeds. Each difference is told as soon as it is known. */
  int compare(long first, long count, Consumer<Difference> found, Consumer<String> progress) {
    int differences = 0;
    List<Runs> ahead = new ArrayList<>();
    for (long next = 0, done = 0; done < count; done++) {
      for (; next < count && ahead.size() < SEEDS_AHEAD; next++) {
        ahead.add(start(PipelineRequest.ofSeed(first + next)));
      }
      Runs runs = ahead.remove(0);
      if (runs.differ()) {
        differences++;
        progress.accept("Seed " + runs.request.seed() + " differs: looking for a smaller pipeline");
        found.accept(reduced(runs));
      }
      if ((done + 1) % PROGRESS_SEEDS == 0) {
        progress.accept((done + 1) + " of " + count + " seeds, differences: " + differences);
      }
    }
    return differences;
  }

  private Difference reduced(Runs runs) {
    int again = 0;
    for (int i = 0; i < RUNS_AGAIN; i++) {
      again += start(runs.request).differ() ? 1 : 0;
    }
    // One that comes and goes is left as it is: a smaller pipeline that doesn't differ says little.
    Runs smallest =
        again < RUNS_AGAIN
            ? runs
            : start(Shrinker.shrink(runs.request, smaller -> start(smaller).differ()));
    return new Difference(
        smallest.request,
        smallest.direct.join(),
        smallest.tested.join(),
        again + " of " + RUNS_AGAIN);
  }

  @Override
  public void close() {
    direct.close();
    tested.close();
  }
}
