package dev.lintel.validates.differential;

import dev.lintel.validates.differential.spec.PipelineRequest;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A runner in a JVM of its own that runs one pipeline after the other.
 *
 * <p>Ownership: requests are served by one thread of this object, in order.
 *
 * <p>Failure: a pipeline that takes too long, and a process that ends, are outcomes like others;
 * the next request starts a new process. What the process logs, and a dump of its threads if it
 * hangs, is in the log file.
 */
final class RunnerProcess implements AutoCloseable {
  /** Most pipelines take a tenth of a second; the machine may be busy, and a JVM has to start. */
  private static final long TIMEOUT_SECONDS = 180;

  private final List<String> command;
  private final File log;
  private final ExecutorService requests = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
  private volatile Process process;

  /**
   * @param classPath with the worker and the runner
   * @param options for the pipelines
   */
  RunnerProcess(String classPath, List<String> options, File log) {
    this.log = log;
    command = new ArrayList<>();
    command.add(jdkTool("java"));
    command.add("-Xmx512m");
    command.add("-XX:+UseSerialGC");
    command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    command.add("-Djava.util.logging.config.file=src/test/resources/logging.properties");
    command.add("-cp");
    command.add(classPath);
    command.add("dev.lintel.validates.differential.pipeline.PipelineWorker");
    command.addAll(options);
  }

  private static String jdkTool(String name) {
    return new File(System.getProperty("java.home"), "bin/" + name).getPath();
  }

  /** Runs a pipeline as soon as the ones before it have been run. */
  CompletableFuture<Outcome> run(PipelineRequest request) {
    return CompletableFuture.supplyAsync(() -> serve(request), requests);
  }

  private Outcome serve(PipelineRequest request) {
    try {
      if (process == null || !process.isAlive()) {
        process = new ProcessBuilder(command).redirectError(Redirect.appendTo(log)).start();
      }
      Process worker = process;
      AtomicBoolean hung = new AtomicBoolean();
      ScheduledFuture<?> alarm =
          watchdog.schedule(
              () -> {
                hung.set(true);
                dumpAndKill(worker, request);
              },
              TIMEOUT_SECONDS,
              TimeUnit.SECONDS);
      try {
        return exchange(worker, request);
      } catch (IOException e) {
        kill(worker);
        return Outcome.ofBrokenProcess(
            hung.get() ? "HUNG for " + TIMEOUT_SECONDS + " s" : "DIED (" + e.getMessage() + ")");
      } finally {
        alarm.cancel(false);
        if (hung.get()) {
          kill(worker); // the answer came after all, but the watchdog is at it
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Expected a process to start, but it did not: " + command, e);
    }
  }

  private static void kill(Process worker) {
    worker.destroyForcibly();
    worker.onExit().join();
  }

  private static Outcome exchange(Process worker, PipelineRequest request) throws IOException {
    BufferedWriter out = worker.outputWriter(StandardCharsets.UTF_8);
    out.write(request + "\n");
    out.flush();
    BufferedReader in = worker.inputReader(StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); !PipelineRequest.END.equals(line); line = in.readLine()) {
      if (line == null) {
        throw new IOException("its output ended");
      }
      lines.add(line);
    }
    return new Outcome(lines);
  }

  private void dumpAndKill(Process worker, PipelineRequest request) {
    try {
      Process dump =
          new ProcessBuilder(jdkTool("jstack"), Long.toString(worker.pid()))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log))
              .start();
      dump.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException | InterruptedException e) {
      System.err.println("No dump of the threads that hang in " + request + ": " + e);
    } finally {
      worker.destroyForcibly();
    }
  }

  @Override
  public void close() {
    requests.shutdownNow();
    watchdog.shutdownNow();
    if (process != null) {
      kill(process);
    }
  }
}
