package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounded pipelines with stateful DoFns whose keys do not fit into the memory for state. */
@Timeout(240)
class KeyPassesPipelineTest {
  private static final int KEYS = 60_000;
  private static final int ROUNDS = 3;
  private static final long WINDOW_KEYS = 20_000;
  private static final String SUFFIX = "-from the side";

  /** Whether the spill folder was seen, by job. */
  private static final Map<String, AtomicLong> SPILLED = new ConcurrentHashMap<>();

  @TempDir Path folder;

  private Pipeline pipeline(int parallelism) {
    return new JobOptions("passes")
        .set("parallelism", Integer.toString(parallelism))
        .set("stateBackend", "rocksdb")
        .set("stateMemoryMiB", "16")
        .set("stateDirectory", folder.toString())
        .set("blockOnRun", "true")
        .pipeline();
  }

  /** Each key comes once in each round, always in the same window. */
  private static PCollection<KV<Long, Long>> input(Pipeline pipeline) {
    return pipeline
        .apply(GenerateSequence.from(0).to((long) KEYS * ROUNDS))
        .apply(WithTimestamps.of(number -> new Instant(number % KEYS)))
        .apply("Windows", Window.<Long>into(FixedWindows.of(Duration.millis(WINDOW_KEYS))))
        .apply("Keys", ParDo.of(new KeyFn()));
  }

  /**
   * Two DoFns share the memory of each task, one of them has a side input; behind them is a
   * grouping by window, for which what they emit must not be late.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void allKeysAndTimersAreThereWhateverFitsIntoMemory(int parallelism) throws IOException {
    SPILLED.put(folder.toString(), new AtomicLong());
    Pipeline pipeline = pipeline(parallelism);
    PCollection<KV<Long, Long>> input = input(pipeline);
    PCollectionView<String> side =
        pipeline
            .apply("Side", Create.of(SUFFIX))
            .apply(View.<String>asSingleton().withDefaultValue("none"));
    PCollection<String> counted =
        input.apply("Remember", ParDo.of(new RememberFn(folder.toString())));
    PCollection<String> joined =
        input.apply("Join", ParDo.of(new JoinFn(side)).withSideInputs(side));
    PAssert.that(counted.apply("Count", Count.perElement()).apply("Sum", Values.create()))
        .containsInAnyOrder(ofEachWindow(WINDOW_KEYS));
    PAssert.that(
            joined.apply("CountJoined", Count.perElement()).apply("SumJoined", Values.create()))
        .containsInAnyOrder(ofEachWindow(WINDOW_KEYS, WINDOW_KEYS * (ROUNDS - 1)));
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
    assertThat(SPILLED.get(folder.toString())).as("passes").hasPositiveValue();
    assertNothingIsLeft();
  }

  /** The counts of the texts of one window, as often as there are windows. */
  private static List<Long> ofEachWindow(Long... counts) {
    return Stream.generate(() -> Stream.of(counts))
        .limit(KEYS / WINDOW_KEYS)
        .flatMap(each -> each)
        .toList();
  }

  @Test
  void aDoFnThatFailsInALaterPassLeavesNothing() throws IOException {
    Pipeline pipeline = pipeline(2);
    input(pipeline).apply("Fail", ParDo.of(new FailFn(folder.toString())));
    assertThatThrownBy(pipeline::run).hasMessageContaining("not in a later pass");
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  private static final class KeyFn extends DoFn<Long, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(number % KEYS, number));
    }
  }

  /** Says at the end of each window how many elements of the key it has had. */
  private static final class RememberFn extends DoFn<KV<Long, Long>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value();

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    private final String folder;
    private boolean spilled;

    RememberFn(String folder) {
      this.folder = folder;
    }

    @ProcessElement
    public void process(
        BoundedWindow window, @StateId("count") ValueState<Long> count, @TimerId("end") Timer end) {
      Long before = count.read();
      count.write(before == null ? 1 : before + 1);
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void onEnd(@StateId("count") ValueState<Long> count, OutputReceiver<String> output) {
      output.output("count " + count.read());
    }

    @FinishBundle
    public void finish() {
      if (!spilled && SpillFolders.isOneIn(folder)) {
        spilled = true;
        SPILLED.get(folder).incrementAndGet();
      }
    }
  }

  /** Says at once what the side input has, and whether it has had the key before. */
  private static final class JoinFn extends DoFn<KV<Long, Long>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("number")
    private final StateSpec<ValueState<Long>> numberSpec = StateSpecs.value();

    private final PCollectionView<String> side;

    JoinFn(PCollectionView<String> side) {
      this.side = side;
    }

    @ProcessElement
    public void process(ProcessContext context, @StateId("number") ValueState<Long> number) {
      Long before = number.read();
      number.write(context.element().getValue());
      context.output((before == null ? "first" : "again") + context.sideInput(side));
    }
  }

  /** Fails when it gets a key for the first time though keys have been set aside. */
  private static final class FailFn extends DoFn<KV<Long, Long>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("number")
    private final StateSpec<ValueState<Long>> numberSpec = StateSpecs.value();

    private final String folder;
    private int keys;

    FailFn(String folder) {
      this.folder = folder;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, @StateId("number") ValueState<Long> number) {
      if (number.read() == null && ++keys % 1_000 == 0 && SpillFolders.isOneIn(folder)) {
        throw new IllegalStateException("not in a later pass");
      }
      number.write(element.getValue());
    }
  }
}
