package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.operator.RestartedOperator.Image;
import dev.lintel.runner.sink.TransactionalSink;
import dev.lintel.translation.plan.Operator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finalizers and transactions wait for the checkpoint that has their bundles. */
class CheckpointedDoFnTest {
  /** What the copies of a DoFn have done. The tests of a class run one after the other. */
  private static final List<String> DONE = new ArrayList<>();

  @TempDir Path directory;

  @BeforeEach
  void forget() {
    DONE.clear();
  }

  /** Registers a finalizer that lasts as many milliseconds as the element says. */
  static final class Finalizing extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Integer element, BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(
          new Instant(0).plus(Duration.millis(element)), () -> DONE.add("finalized " + element));
    }
  }

  /** Keeps what it writes in lists. */
  static final class Sink extends DoFn<Integer, Integer> implements TransactionalSink {
    private static final long serialVersionUID = 1L;
    private transient List<Integer> open = new ArrayList<>();

    @Override
    public void begin(Context context, List<byte[]> restored) {
      DONE.add("begin " + context.jobId() + " " + context.slot() + "/" + context.slots());
      for (byte[] each : restored) {
        // Only the text tells who looks after it, as with a transactional id.
        if (each.length % context.slots() == context.slot()) {
          commit(each);
        }
      }
      open = new ArrayList<>();
    }

    @ProcessElement
    public void process(@Element Integer element) {
      open.add(element);
    }

    @Override
    public List<byte[]> prepare() {
      if (open.isEmpty()) {
        return List.of();
      }
      byte[] prepared = open.toString().getBytes(StandardCharsets.UTF_8);
      open = new ArrayList<>();
      return List.of(prepared);
    }

    @Override
    public void commit(byte[] prepared) {
      DONE.add("commit " + new String(prepared, StandardCharsets.UTF_8));
    }
  }

  private RestartedOperator operator(DoFn<Integer, Integer> fn) {
    Operator.ParDo spec =
        Plans.operator(
            Operator.ParDo.class,
            "Do",
            pipeline ->
                pipeline.apply(Create.of(1).withCoder(VarIntCoder.of())).apply("Do", ParDo.of(fn)));
    return new RestartedOperator(spec, false, directory, output -> {});
  }

  private static void process(RestartedOperator operator, int... elements) {
    for (int each : elements) {
      operator.process(WindowedValues.valueInGlobalWindow(each));
    }
  }

  @Test
  void finalizersRunWhenTheirCheckpointIsCompleteUnlessTheyHaveExpired() {
    try (RestartedOperator operator = operator(new Finalizing())) {
      process(operator, 10, 100);
      operator.snapshot(1);
      process(operator, 101);
      assertThat(DONE).isEmpty();
      operator.advanceProcessingTime(50);
      operator.checkpointCompleted(1);
      assertThat(DONE).containsExactly("finalized 100");
      operator.snapshot(2);
      process(operator, 102);
      operator.snapshot(3);
      operator.checkpointCompleted(3);
      assertThat(DONE).containsExactly("finalized 100", "finalized 101", "finalized 102");
    }
  }

  @Test
  void finalizersOfBundlesThatAreRolledBackNeverRun() {
    try (RestartedOperator operator = operator(new Finalizing())) {
      process(operator, 100);
      Image image = operator.snapshot(1);
      process(operator, 101);
      operator.restore(image, 1);
      operator.snapshot(2);
      operator.checkpointCompleted(2);
      assertThat(DONE).isEmpty();
    }
  }

  /** The slot that looks after it may be any: so each has to know of all. */
  @Test
  void everySlotIsToldOfAllThatWasPrepared() {
    for (int slots = 1; slots <= 4; slots++) {
      DONE.clear();
      try (RestartedOperator operator = operator(new Sink())) {
        process(operator, 1);
        operator.snapshot(1);
        process(operator, 22);
        operator.snapshot(2);
        process(operator, 333);
        operator.restore(operator.snapshot(3), slots);
        assertThat(DONE)
            .as("%d slots", slots)
            .contains("commit [1]", "commit [22]", "commit [333]")
            .hasSize(1 + slots + 3);
      }
    }
  }

  @Test
  void whatIsPreparedIsCommittedOnceItsCheckpointIsComplete() {
    try (RestartedOperator operator = operator(new Sink())) {
      process(operator, 1, 2);
      operator.snapshot(1);
      process(operator, 3);
      Image second = operator.snapshot(2);
      process(operator, 4);
      assertThat(DONE).containsExactly("begin job 0/1");
      assertThat(second.parts()).as("the first checkpoint is not complete").hasSize(2);
      operator.checkpointCompleted(2);
      assertThat(DONE).containsExactly("begin job 0/1", "commit [1, 2]", "commit [3]");
      Image third = operator.snapshot(3);
      assertThat(third.parts()).hasSize(1);
      DONE.clear();
      operator.restore(third, 2);
      assertThat(DONE).containsExactlyInAnyOrder("begin job 0/2", "commit [4]", "begin job 1/2");
      assertThat(operator.snapshot(4).parts()).as("committed when it began").isEmpty();
    }
  }
}
