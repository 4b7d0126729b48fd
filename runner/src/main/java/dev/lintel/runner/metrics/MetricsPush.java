package dev.lintel.runner.metrics;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.core.metrics.NoOpMetricsSink;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.util.InstanceBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a job's metrics to the sink that Beam's {@link MetricsOptions} name: every push period,
 * and a last time when the job has ended. Not Beam's own {@code MetricsPusher}, whose thread
 * outlives the job.
 *
 * <p><i>Ownership:</i> the coordinator's thread offers snapshots, a thread of its own writes them,
 * so that a slow sink does not keep the job waiting; a snapshot that was not written before the
 * next came is dropped. <i>Failure:</i> a push that fails is logged and does not fail the job:
 * metrics tell of the job and are no part of it.
 */
public final class MetricsPush {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsPush.class);

  private final MetricsSink sink;
  private final long periodMillis;
  private final Thread thread;

  /** The newest snapshot that has not been written. */
  private final BlockingQueue<Offer> newest = new ArrayBlockingQueue<>(1);

  private long nextMillis = Long.MIN_VALUE;

  private record Offer(MetricsSnapshot metrics, boolean last) {}

  private MetricsPush(MetricsSink sink, long periodMillis, String threadName) {
    this.sink = sink;
    this.periodMillis = periodMillis;
    this.thread = new Thread(this::writeUntilLast, threadName);
    this.thread.setDaemon(true);
  }

  /**
   * @return null if the options name no sink
   * @throws IllegalArgumentException if the sink can't be made
   */
  public static @Nullable MetricsPush of(MetricsOptions options, String threadName) {
    Class<? extends MetricsSink> type = options.getMetricsSink();
    if (type.equals(NoOpMetricsSink.class)) {
      return null;
    }
    long periodMillis = TimeUnit.SECONDS.toMillis(options.getMetricsPushPeriod());
    return new MetricsPush(sink(type, options), periodMillis, threadName);
  }

  private static MetricsSink sink(Class<? extends MetricsSink> type, MetricsOptions options) {
    try {
      return InstanceBuilder.ofType(MetricsSink.class)
          .fromClass(type)
          .withArg(MetricsOptions.class, options)
          .build();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "Expected --metricsSink to be a class with a public constructor that takes MetricsOptions,"
              + " but "
              + type.getName()
              + " could not be made: "
              + e,
          e);
    }
  }

  public void start() {
    thread.start();
  }

  /** Whether a snapshot is to be offered now. */
  public boolean isDue(long nowMillis) {
    if (nextMillis == Long.MIN_VALUE) {
      nextMillis = nowMillis + periodMillis;
    }
    return nowMillis >= nextMillis;
  }

  /** Has a snapshot written, in place of one that still waits. */
  public void offer(MetricsSnapshot metrics, long nowMillis) {
    nextMillis = nowMillis + periodMillis;
    replace(new Offer(metrics, false));
  }

  /**
   * Has the last snapshot written and the thread end.
   *
   * @param waitMillis how long to wait for the sink; it is interrupted then
   */
  public void end(MetricsSnapshot last, long waitMillis) {
    replace(new Offer(last, true));
    try {
      thread.join(waitMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn(
          "Expected {} to write the last metrics within {} ms, but it is still at it: they may be lost",
          sink.getClass().getName(),
          waitMillis);
      thread.interrupt();
    }
  }

  private void replace(Offer offer) {
    newest.clear();
    newest.add(offer);
  }

  private void writeUntilLast() {
    try {
      Offer offer;
      do {
        offer = newest.take();
        write(offer.metrics.results().allMetrics());
      } while (!offer.last);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(MetricQueryResults metrics) throws InterruptedException {
    try {
      sink.writeMetrics(metrics);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | LinkageError e) {
      LOG.warn("{} could not write metrics", sink.getClass().getName(), e);
    }
  }
}
