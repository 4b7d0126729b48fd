package dev.lintel.benchmarks.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.benchmarks.nexmark.Query.Outcome;
import dev.lintel.benchmarks.source.IndexedEvents.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every query on Lintel gives what its model gives, from bounded and from unbounded input. */
class NexmarkQueryTest {
  /** So slow that a few thousand events fill several windows. */
  private static final EventGenerator EVENTS = new EventGenerator(7, 200);

  private static final int COUNT = 6_000;

  /** What came out; the tests of a class run one after another. */
  private static final Queue<Found> FOUND = new ConcurrentLinkedQueue<>();

  private record Found(Object result, long millis, long pane) {}

  @BeforeEach
  void clear() {
    FOUND.clear();
  }

  static Stream<Arguments> queriesAndModes() {
    return NexmarkCase.queries(EVENTS).stream()
        .flatMap(
            query -> Stream.of(Mode.values()).map(mode -> Arguments.of(query.name(), query, mode)));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("queriesAndModes")
  void givesWhatItsModelGives(String name, Query<?> query, Mode mode) {
    List<String> expected = expected(query);
    run(query, mode);
    assertThat(found(query)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(expected).as("results of %s that could be wrong", name).hasSizeGreaterThan(2);
  }

  private static <T> void run(Query<T> query, Mode mode) {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=LintelRunner", "--parallelism=2").create());
    query.results(EVENTS.read(pipeline, COUNT, mode)).apply("Collect", ParDo.of(new CollectFn<>()));
    pipeline.run().waitUntilFinish();
  }

  private static <T> List<String> expected(Query<T> query) {
    List<String> expected = new ArrayList<>();
    query.model(EVENTS.first(COUNT), (value, millis) -> expected.add(value + " at " + millis));
    return expected;
  }

  private static List<String> found(Query<?> query) {
    if (query.outcome() == Outcome.EACH) {
      return FOUND.stream()
          .map(each -> each.result + " at " + (query.timestampsAreChecked() ? each.millis : 0))
          .toList();
    }
    Map<Object, Found> keys = new HashMap<>();
    for (Found each : FOUND) {
      keys.merge(
          ((KV<?, ?>) each.result).getKey(),
          each,
          (a, b) ->
              query.outcome() == Outcome.SUM
                  ? new Found(KV.of(key(a), value(a) + value(b)), 0, 0)
                  : a.pane > b.pane ? a : b);
    }
    return keys.values().stream().map(each -> each.result + " at 0").toList();
  }

  private static long key(Found found) {
    return (Long) ((KV<?, ?>) found.result).getKey();
  }

  private static long value(Found found) {
    return (Long) ((KV<?, ?>) found.result).getValue();
  }

  private static final class CollectFn<T> extends DoFn<T, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element T result, @Timestamp Instant timestamp, PaneInfo pane) {
      FOUND.add(new Found(result, timestamp.getMillis(), pane.getIndex()));
    }
  }
}
