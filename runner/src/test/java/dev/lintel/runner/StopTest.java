package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.job.SavepointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that are stopped with a last checkpoint or savepoint, and go on from there. */
@Timeout(120)
class StopTest {
  private static final int KEYS = 7;

  /** Of the source, by the parallelism of the first run; each gives every second number. */
  private static final int SPLITS = 2;

  /** By job: every element that had an effect outside, as many times as it had. */
  private static final Map<String, Queue<Long>> SEEN = new ConcurrentHashMap<>();

  /** By job: what the state was after each element. */
  private static final Map<String, Queue<KV<Long, Long>>> COUNTS = new ConcurrentHashMap<>();

  private static final Map<String, Queue<Long>> FINALIZED = new ConcurrentHashMap<>();

  /** By job: how many elements it may process; those that are not here may all. */
  private static final Map<String, Semaphore> GATES = new ConcurrentHashMap<>();

  /** By job: how long each element takes in nanoseconds, while the source gives as it can. */
  private static final Map<String, Long> PAUSES = new ConcurrentHashMap<>();

  @TempDir Path folder;

  /** Has an effect that no restore can take back: a sink that knows nothing of checkpoints. */
  private static final class Effect extends DoFn<KV<Long, Long>, Void> {
    private final String job;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

    Effect(String job) {
      this.job = job;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Long> count,
        BundleFinalizer finalizer)
        throws InterruptedException {
      Semaphore gate = GATES.get(job);
      if (gate != null) {
        gate.acquire();
      }
      LockSupport.parkNanos(PAUSES.getOrDefault(job, 0L));
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      SEEN.get(job).add(element.getValue());
      COUNTS.get(job).add(KV.of(element.getKey(), now));
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardHours(1)),
          () -> FINALIZED.get(job).add(element.getValue()));
    }
  }

  private LintelPipelineResult start(String job, String... more) {
    SEEN.computeIfAbsent(job, any -> new ConcurrentLinkedQueue<>());
    COUNTS.computeIfAbsent(job, any -> new ConcurrentLinkedQueue<>());
    FINALIZED.computeIfAbsent(job, any -> new ConcurrentLinkedQueue<>());
    Pipeline pipeline =
        new JobOptions(job)
            .set("parallelism", "" + SPLITS)
            .set("checkpointIntervalMillis", "3600000")
            .set("checkpointDir", folder.resolve("checkpoints").toString())
            .set("restartStrategy", "none")
            .setAll(more)
            .pipeline();
    pipeline
        .apply(
            GenerateSequence.from(0)
                .withRate(PAUSES.containsKey(job) ? 1_000_000 : 2_000, Duration.standardSeconds(1)))
        .apply(WithKeys.<Long, Long>of(i -> i % KEYS).withKeyType(TypeDescriptors.longs()))
        .apply("Effect", ParDo.of(new Effect(job)));
    return (LintelPipelineResult) pipeline.run();
  }

  private static void awaitMore(LintelPipelineResult result, String job) {
    int target = SEEN.get(job).size() + 500;
    while (SEEN.get(job).size() < target) {
      // Ends the wait with its failure if it fails.
      assertThat(result.waitUntilFinish(Duration.millis(10))).as("state of job " + job).isNull();
    }
  }

  private static void assertEachOnce(String job) {
    // In the order in which they are read: those of one split and key go one way.
    int step = SPLITS * KEYS;
    for (int way = 0; way < step; way++) {
      int first = way;
      assertThat(SEEN.get(job).stream().filter(each -> each % step == first).sorted().toList())
          .as("numbers %s, %s and so on", first, first + step)
          .isEqualTo(every(step, first, SEEN.get(job)));
    }
    for (long key = 0; key < KEYS; key++) {
      long wanted = key;
      List<Long> counts =
          COUNTS.get(job).stream()
              .filter(each -> each.getKey() == wanted)
              .map(KV::getValue)
              .sorted()
              .toList();
      assertThat(counts)
          .as("counts of key %s", key)
          .isEqualTo(LongStream.rangeClosed(1, counts.size()).boxed().toList());
    }
  }

  /** The numbers from {@code first} to the last that was seen, each once. */
  private static List<Long> every(int step, long first, Queue<Long> seen) {
    long last = seen.stream().filter(each -> each % step == first).max(Long::compare).orElse(-1L);
    return LongStream.rangeClosed(first, last).filter(i -> i % step == first).boxed().toList();
  }

  @Test
  void whatFollowsTheLastCheckpointHasNoEffect() {
    for (int run = 0; run < 3; run++) {
      LintelPipelineResult result = start("stopped");
      awaitMore(result, "stopped");

      assertThat(result.stop(null)).isEqualTo(State.CANCELLED);

      assertEachOnce("stopped");
      assertThat(FINALIZED.get("stopped"))
          .as("bundles that were finalized")
          .containsExactlyInAnyOrderElementsOf(SEEN.get("stopped"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--parallelism=1", "--parallelism=3", "--stateBackend=rocksdb"})
  void aSavepointCanBeRestoredOtherwise(String otherwise) {
    String job = "moved" + otherwise;
    String path = folder.resolve("savepoint").toString();
    LintelPipelineResult result = start(job);
    awaitMore(result, job);

    assertThat(result.stop(path)).isEqualTo(State.CANCELLED);
    assertThat(folder.resolve("savepoint/manifest.json")).exists();

    LintelPipelineResult next =
        start(
            job, otherwise, "--checkpointDir=" + folder.resolve("elsewhere"), "--restore=" + path);
    awaitMore(next, job);
    next.stop(null);
    assertEachOnce(job);
  }

  @Test
  void aSavepointThatCannotBeTakenLeavesTheJobAsItWas() throws Exception {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Files.writeString(taken.resolve("file"), "something else");
    LintelPipelineResult result = start("refused");
    awaitMore(result, "refused");

    assertThatThrownBy(() -> result.savepoint(taken.toString()))
        .isInstanceOf(SavepointException.class)
        .hasMessageContaining("Expected an empty folder")
        .hasMessageContaining("job=refused");
    assertThatThrownBy(() -> result.stop(taken.toString())).isInstanceOf(SavepointException.class);
    awaitMore(result, "refused");

    String path = folder.resolve("free").toString();
    assertThat(result.savepoint(path)).isEqualTo(path);
    awaitMore(result, "refused");
    result.stop(null);
    assertEachOnce("refused");
    assertThatThrownBy(() -> result.savepoint(folder.resolve("late").toString()))
        .isInstanceOf(SavepointException.class)
        .hasMessageContaining("have ended");
  }

  @Test
  void aJobWithoutCheckpointsSaysHowToGetThem() throws Exception {
    LintelPipelineResult result = start("without", "--checkpointIntervalMillis=0");

    assertThatThrownBy(() -> result.stop(null))
        .isInstanceOf(SavepointException.class)
        .hasMessageContaining("--checkpointIntervalMillis");
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
  }

  @Test
  void aStopGivesUpWhenItsTimeIsOverAndTheJobGoesOn() throws Exception {
    GATES.put("stuck", new Semaphore(1_000));
    LintelPipelineResult result = start("stuck", "--checkpointTimeoutMillis=300");
    Semaphore gate = GATES.get("stuck");
    while (!gate.hasQueuedThreads()) {
      assertThat(result.waitUntilFinish(Duration.millis(10))).as("state").isNull();
    }

    assertThatThrownBy(() -> result.stop(null))
        .isInstanceOf(SavepointException.class)
        .hasMessageContaining("a last checkpoint (job=stuck)")
        .hasMessageContaining("tasks have not taken their snapshot")
        .hasMessageContaining("Effect, slot")
        .hasMessageContaining("--checkpointTimeoutMillis");
    gate.release(1_000_000_000);
    awaitMore(result, "stuck");
    stopAtLast(result);
    assertEachOnce("stuck");
  }

  /** The elements that had waited at the gate may be more than one checkpoint's time is worth. */
  private static void stopAtLast(LintelPipelineResult result) {
    for (int attempt = 1; ; attempt++) {
      try {
        assertThat(result.stop(null)).isEqualTo(State.CANCELLED);
        return;
      } catch (SavepointException e) {
        assertThat(attempt).as("attempts to stop").isLessThan(50);
      }
    }
  }

  /** The barriers overtake what is on its way, which goes into the checkpoint. */
  @Test
  void aConsumerThatIsTooSlowIsStoppedAllTheSame() {
    PAUSES.put("slow", TimeUnit.MICROSECONDS.toNanos(100));
    for (int run = 0; run < 3; run++) {
      LintelPipelineResult result = start("slow", "--alignmentTimeoutMillis=20");
      awaitMore(result, "slow");
      assertThat(result.stop(null)).isEqualTo(State.CANCELLED);
      assertEachOnce("slow");
    }
  }
}
