package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.run.ResultLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the process of a run prints, and its time limit: one for the warm-up, and one for the
 * measured run, each from the line that says that it begins. A process that waits for its turn on
 * the machine before it begins has no limit.
 *
 * <p><i>Ownership:</i> the thread that reads; the limit runs out on another one, which ends the
 * process and sets {@link #expired}.
 */
final class ChildOutput {
  private final Process process;
  private final long startNanos;
  private final Duration limit;
  private final Map<String, String> last = new HashMap<>();
  private long runningNanos;
  private @Nullable ScheduledFuture<?> alarm;

  /** Written by the alarm, read when the output has ended. */
  private volatile boolean expired;

  ChildOutput(Process process, long startNanos, Duration limit) {
    this.process = process;
    this.startNanos = startNanos;
    this.limit = limit;
  }

  /** Returns when the process has exited. */
  void readToEnd() throws IOException {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "compare-limit");
              thread.setDaemon(true);
              return thread;
            });
    Thread atExit = new Thread(this::end, "compare-exit");
    // A driver that is stopped by its user leaves no run behind.
    Runtime.getRuntime().addShutdownHook(atExit);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(line, clock);
      }
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while a run was going on", e);
    } finally {
      clock.shutdownNow();
      end();
      removeHook(atExit);
    }
  }

  /** The process may have been started by another one, such as a lock's. */
  private void end() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void removeHook(Thread hook) throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      throw new IOException("Stopped while a run was going on", e);
    }
  }

  private void take(String line, ScheduledExecutorService clock) {
    String word = line.split("\t", 2)[0];
    last.put(word, line);
    if (word.equals(ResultLine.STARTED) || word.equals(ResultLine.MEASURED)) {
      setAlarm(clock);
    } else if (word.equals(BenchmarkCase.RUNNING)) {
      runningNanos = System.nanoTime();
    }
  }

  private void setAlarm(ScheduledExecutorService clock) {
    if (alarm != null) {
      alarm.cancel(false);
    }
    alarm = clock.schedule(this::expire, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void expire() {
    expired = true;
    end();
  }

  /** Whether it was ended before it had a result. */
  boolean tooSlow() {
    return expired && last(ResultLine.RESULT).isEmpty();
  }

  /** The last line that began with this word; empty if none did. */
  String last(String word) {
    return last.getOrDefault(word, "");
  }

  /** From the start of the process to its first element; 0 if it did not tell. */
  double runningSeconds() {
    return runningNanos == 0 ? 0 : (runningNanos - startNanos) / 1e9;
  }
}
