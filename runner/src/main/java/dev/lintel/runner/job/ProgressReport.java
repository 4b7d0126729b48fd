package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.operator.OperatorFactory;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskProgress;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Stage;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a long job's progress: on a terminal a line that is written over, in a log a line every so
 * often. A short job shows nothing.
 *
 * <p><i>Ownership:</i> the job's coordinator thread.
 */
final class ProgressReport {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressReport.class);
  private static final long FIRST_MILLIS = 2_000;
  private static final long TERMINAL_MILLIS = 500;
  private static final long LOG_MILLIS = 30_000;

  private final String job;
  private final ExecutionPlan plan;
  private final boolean terminal = System.console() != null;
  private final Set<Integer> sources = new HashSet<>();
  private final Clock clock;
  private final long startMillis;
  private long nextMillis;
  private long lastMillis;
  private long lastElements;
  private boolean shown;

  ProgressReport(String job, ExecutionPlan plan, Clock clock) {
    this.job = job;
    this.plan = plan;
    this.clock = clock;
    for (Stage stage : plan.stages()) {
      if (stage.operators().stream().anyMatch(OperatorFactory::isSource)) {
        sources.add(stage.id());
      }
    }
    startMillis = clock.millis();
    lastMillis = startMillis;
    nextMillis = startMillis + FIRST_MILLIS;
  }

  void update(Map<TaskId, TaskProgress> progress) {
    long now = clock.millis();
    if (now < nextMillis) {
      return;
    }
    String line = line(progress, now);
    if (terminal) {
      System.err.print("\r\u001b[K" + line);
      System.err.flush();
      shown = true;
    } else {
      LOG.info("{}", line);
    }
    nextMillis = now + (terminal ? TERMINAL_MILLIS : LOG_MILLIS);
  }

  /**
   * The line as it is shown: time, elements read by the sources and how fast, the slowest stage's
   * watermark.
   */
  private String line(Map<TaskId, TaskProgress> progress, long now) {
    long elements = 0;
    TaskId slowest = null;
    long watermark = Timestamps.MAX_MILLIS;
    for (Map.Entry<TaskId, TaskProgress> each : progress.entrySet()) {
      if (sources.contains(each.getKey().stage())) {
        elements += each.getValue().elementsIn();
      }
      if (slowest == null || each.getValue().outputWatermarkMillis() < watermark) {
        slowest = each.getKey();
        watermark = each.getValue().outputWatermarkMillis();
      }
    }
    double seconds = (now - lastMillis) / 1e3;
    double rate = seconds > 0 ? (elements - lastElements) / seconds : 0;
    lastMillis = now;
    lastElements = elements;
    Duration running = Duration.ofMillis(now - startMillis);
    return String.format(
        Locale.ROOT,
        "%s: %d:%02d:%02d, %,d elements, %,.0f elements/s, watermark %s%s",
        job,
        running.toHours(),
        running.toMinutesPart(),
        running.toSecondsPart(),
        elements,
        rate,
        describe(watermark),
        slowest == null ? "" : " (" + plan.stages().get(slowest.stage()).name() + ")");
  }

  private static String describe(long watermarkMillis) {
    if (watermarkMillis <= Timestamps.MIN_MILLIS) {
      return "at the beginning";
    }
    if (watermarkMillis >= Timestamps.MAX_MILLIS) {
      return "at the end";
    }
    return new Instant(watermarkMillis).toString();
  }

  /** Ends the terminal's line. */
  void end() {
    if (shown) {
      System.err.println();
    }
  }
}
