package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are to end with what they have read, and are disturbed on the way. */
@Timeout(120)
class DrainTest {
  private static final int SPLITS = 2;

  /** By job: what has come of each split at the end of time, the count and the last number. */
  private static final Map<String, Queue<KV<Long, Long>>> ENDS = new ConcurrentHashMap<>();

  /** By job: how many elements have come. */
  private static final Map<String, AtomicInteger> SEEN = new ConcurrentHashMap<>();

  /** By job: how often it may fail yet at the end of time. */
  private static final Map<String, AtomicInteger> FAILURES = new ConcurrentHashMap<>();

  private static final Map<String, Queue<Long>> FINALIZED = new ConcurrentHashMap<>();

  /** Nothing comes to its end until it is open. */
  private static final AtomicReference<CountDownLatch> GATE =
      new AtomicReference<>(new CountDownLatch(0));

  @TempDir Path folder;

  /** Counts until the end of time, which comes when a drained window ends, and tells then. */
  private static final class CountToTheEnd extends DoFn<KV<Long, Long>, Void> {
    private final String job;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

    @StateId("last")
    private final StateSpec<ValueState<Long>> lastSpec = StateSpecs.value(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    CountToTheEnd(String job) {
      this.job = job;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Long> count,
        @StateId("last") ValueState<Long> last,
        @TimerId("end") Timer end,
        BundleFinalizer finalizer) {
      Long before = count.read();
      count.write(before == null ? 1 : before + 1);
      last.write(element.getValue());
      end.set(GlobalWindow.INSTANCE.maxTimestamp());
      SEEN.get(job).incrementAndGet();
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardHours(1)),
          () -> FINALIZED.get(job).add(element.getValue()));
    }

    @OnTimer("end")
    public void atTheEnd(
        @StateId("count") ValueState<Long> count, @StateId("last") ValueState<Long> last)
        throws InterruptedException {
      GATE.get().await();
      if (FAILURES.get(job).getAndDecrement() > 0) {
        throw new IllegalStateException("a failure at the end of " + job);
      }
      ENDS.get(job).add(KV.of(count.read(), last.read()));
    }
  }

  private LintelPipelineResult start(String job, int failures) {
    ENDS.put(job, new ConcurrentLinkedQueue<>());
    SEEN.put(job, new AtomicInteger());
    FAILURES.put(job, new AtomicInteger(failures));
    FINALIZED.computeIfAbsent(job, any -> new ConcurrentLinkedQueue<>());
    Pipeline pipeline =
        new JobOptions(job)
            .set("parallelism", "" + SPLITS)
            .set("checkpointIntervalMillis", "100")
            .set("checkpointDir", folder.resolve("checkpoints").toString())
            .set("restartDelayMillis", "1")
            .pipeline();
    pipeline
        .apply(GenerateSequence.from(0).withRate(2_000, Duration.standardSeconds(1)))
        .apply(WithKeys.<Long, Long>of(i -> i % SPLITS).withKeyType(TypeDescriptors.longs()))
        .apply("CountToTheEnd", ParDo.of(new CountToTheEnd(job)));
    return (LintelPipelineResult) pipeline.run();
  }

  private static void awaitElements(LintelPipelineResult result, String job) {
    while (SEEN.get(job).get() < 500) {
      assertThat(result.waitUntilFinish(Duration.millis(10))).as("state of job " + job).isNull();
    }
  }

  /** What was counted is what was read: of each split, every second number up to the last. */
  private static void assertAllCountedOnce(String job) {
    assertThat(ENDS.get(job))
        .hasSize(SPLITS)
        .allSatisfy(end -> assertThat(end.getKey()).isEqualTo(end.getValue() / SPLITS + 1));
  }

  @Test
  void aFailureOnTheWayChangesNothing() {
    LintelPipelineResult result = start("failing", 2);
    awaitElements(result, "failing");
    // A job that has no checkpoint to go on from ends with its first failure.
    result.savepoint(folder.resolve("savepoint").toString());

    result.drain();

    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(FAILURES.get("failing")).hasNegativeValue();
    assertAllCountedOnce("failing");
    // What a failure takes with it is not finalized; but nothing is that was rolled back.
    assertThat(FINALIZED.get("failing"))
        .doesNotHaveDuplicates()
        .hasSizeLessThanOrEqualTo((int) ENDS.get("failing").stream().mapToLong(KV::getKey).sum());
  }

  @Test
  void whoGoesOnFromACheckpointOfADrainDrains() {
    LintelPipelineResult result = start("stopped", 0);
    awaitElements(result, "stopped");
    GATE.set(new CountDownLatch(1));
    result.drain();
    CompletableFuture<Long> stopping = result.beginStop(null);
    // The coordinator answers in the order in which it is asked: it knows of the stop now.
    assertThat(result.metrics()).isNotNull();
    GATE.get().countDown();
    stopping.join();
    assertThat(result.waitUntilFinish()).isEqualTo(State.CANCELLED);
    int seen = SEEN.get("stopped").get();

    LintelPipelineResult next = start("stopped", 0);

    assertThat(next.waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(SEEN.get("stopped")).as("elements that were read later").hasValue(0);
    assertThat(FINALIZED.get("stopped")).doesNotHaveDuplicates().hasSize(seen);
  }
}
