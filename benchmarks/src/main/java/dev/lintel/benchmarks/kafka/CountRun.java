package dev.lintel.benchmarks.kafka;

import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.Work.KeyDistribution;
import dev.lintel.benchmarks.kafka.KafkaCounts.Input;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.IsolationLevel;

/**
 * One run of a case with Kafka, whoever does the counting: its topics, its records, and what is
 * seen of the results.
 *
 * <p><b>Contract.</b> {@link #prepare}, then the counting is started, then {@link #secondsToEnd},
 * {@link #check} and {@link #measures}, and {@link #close} at last.
 */
public final class CountRun implements AutoCloseable {
  static final int RATE_PER_SECOND = 5_000;

  /** What latencies are compared by. */
  static final String RATIO_OF = Latencies.P99;

  /** One in so many paced records, the first ones, only makes the pipeline warm. */
  private static final int UNTOLD_PART = 3;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLIS_PER_SECOND = 1e3;

  private final Work work;
  private final Input input;
  private final String id = "count-" + UUID.randomUUID();
  private final Topics topics;
  private IsolationLevel isolation = IsolationLevel.READ_UNCOMMITTED;
  private boolean everyUpdate = true;
  private final Map<String, Double> measures = new LinkedHashMap<>();
  private int checks;

  private CountRun(Work work, Input input, String broker) {
    this.work = work;
    this.input = input;
    this.topics = new Topics(broker);
  }

  /** With new topics. Those records are in the input that don't have to wait for the pipeline. */
  public static CountRun prepare(Work work, Input input) {
    String broker = System.getProperty(KafkaCounts.BROKER_PROPERTY);
    if (broker == null) {
      throw new IllegalStateException(
          "Expected the address of a broker in the property " + KafkaCounts.BROKER_PROPERTY);
    }
    if (input == Input.PACED && work.distribution() != KeyDistribution.CYCLIC) {
      throw new IllegalArgumentException(
          "Expected cyclic keys, by which a count tells its record, but got " + work);
    }
    CountRun run = new CountRun(work, input, broker);
    run.topics.create(run.input());
    run.topics.create(run.output());
    try (InputRecords records = new InputRecords(broker, run.input(), work)) {
      records.send(0, run.loaded());
    }
    return run;
  }

  /** How many records are there from the start: all, or enough to have the pipeline at work. */
  private long loaded() {
    return input == Input.LOADED ? work.elements() : Math.min(work.keys(), work.elements() / 2);
  }

  /** How many records the seconds are of. */
  public long timed() {
    return input == Input.LOADED ? work.elements() : work.elements() - loaded();
  }

  public String broker() {
    return topics.broker();
  }

  public String input() {
    return id + "-in";
  }

  public String output() {
    return id + "-out";
  }

  /** No other run has it, and all that it leaves at the broker should have it in its name. */
  public String id() {
    return id;
  }

  /** How results are read: only what is committed, or all that is written. */
  public void readCommitted(boolean committed) {
    isolation = committed ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED;
  }

  /** Whether each record has a count of its own, as it does unless something merges updates. */
  public void everyUpdate(boolean every) {
    everyUpdate = every;
  }

  /**
   * Returns when a reader has seen the last count of each key.
   *
   * @param startNanos when the counting was started
   * @param running throws if it does not go on
   * @return the seconds that count
   */
  public double secondsToEnd(long startNanos, Runnable running) {
    try (ResultReader results = new ResultReader(topics, output(), isolation, work)) {
      double seconds =
          input == Input.LOADED
              ? throughput(startNanos, results, running)
              : latency(results, running);
      checks = results.check(everyUpdate);
      return seconds;
    }
  }

  private double throughput(long startNanos, ResultReader results, Runnable running) {
    long startMillis =
        System.currentTimeMillis()
            - Math.round((System.nanoTime() - startNanos) / NANOS_PER_SECOND * MILLIS_PER_SECOND);
    OffsetWatch watch = new OffsetWatch(topics, output(), isolation);
    watch.awaitWritten(work.elements(), running);
    results.readTo(work.elements(), running, watch::look);
    watch.awaitVisible(results.endOffsets(), running);
    double written = (results.lastAppendMillis() - startMillis) / MILLIS_PER_SECOND;
    double seen = (watch.visibleNanos(results.endOffsets()) - startNanos) / NANOS_PER_SECOND;
    measures.put("seen/s", work.elements() / seen);
    return written;
  }

  private double latency(ResultReader results, Runnable running) {
    results.readTo(loaded(), running, () -> {});
    try (PacedInput paced =
        PacedInput.start(
            new InputRecords(broker(), input(), work),
            loaded(),
            work.elements(),
            RATE_PER_SECOND)) {
      Latencies latencies = new Latencies(Math.toIntExact(work.elements() - loaded()));
      long told = loaded() + (work.elements() - loaded()) / UNTOLD_PART;
      results.readTo(
          work.elements(),
          running,
          paced::check,
          (index, nanos) -> {
            if (index >= told) {
              latencies.add(nanos - paced.dueNanos(index));
            }
          });
      latencies.tell(measures);
      return (System.nanoTime() - paced.dueNanos(loaded())) / NANOS_PER_SECOND;
    }
  }

  /** How many facts were checked. */
  public int check() {
    return checks;
  }

  /** What was measured beside the throughput. */
  public Map<String, Double> measures() {
    return new LinkedHashMap<>(measures);
  }

  /** Deletes the topics. */
  @Override
  public void close() {
    try (topics) {
      topics.deleteAllOf(id);
    }
  }
}
