package dev.lintel.runner;

import static dev.lintel.runner.Counting.KEYS;
import static dev.lintel.runner.Counting.byKey;
import static dev.lintel.runner.Counting.count;
import static dev.lintel.runner.Counting.counts;
import static dev.lintel.runner.GatedJob.together;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.compatibility.IncompatiblePipelineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.ToString;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that go on from a checkpoint or savepoint with another pipeline. */
@Timeout(120)
class ChangedPipelineTest {
  /** In the middle of the window that begins with 0. */
  private static final long GATE = 20;

  private static final Duration WINDOW = Duration.millis(30);

  private static final Schema COUNT = Schema.builder().addInt64Field("count").build();
  private static final Schema COUNT_AND_NOTE =
      Schema.builder().addNullableStringField("note").addInt64Field("count").build();

  @TempDir Path folder;

  private GatedJob job(String name) {
    return new GatedJob(name, folder);
  }

  // ---- pipelines ----

  private static List<String> sorted(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all.stream().sorted().toList();
  }

  private static final class CountingRows extends DoFn<KV<Long, Long>, String> {
    private final Schema schema;

    @StateId("count")
    private final StateSpec<ValueState<Row>> countSpec;

    CountingRows(Schema schema) {
      this.schema = schema;
      this.countSpec = StateSpecs.value(RowCoder.of(schema));
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Row> count,
        OutputReceiver<String> output) {
      Row before = count.read();
      long now = before == null ? 1 : before.getInt64("count") + 1;
      String note = before != null && schema.hasField("note") ? before.getString("note") : "";
      Row.FieldValueBuilder row = Row.withSchema(schema).withFieldValue("count", now);
      count.write(
          schema.hasField("note") ? row.withFieldValue("note", "new").build() : row.build());
      output.output("Count " + element.getKey() + ":" + now + (note == null ? " none" : note));
    }
  }

  private static GatedJob.Body countRows(Schema schema) {
    return numbers -> byKey(numbers, "Count").apply("Count", ParDo.of(new CountingRows(schema)));
  }

  /** So that all can be flattened. */
  private static Window<String> global() {
    return Window.<String>into(new GlobalWindows())
        .triggering(DefaultTrigger.of())
        .withAllowedLateness(Duration.ZERO)
        .discardingFiredPanes();
  }

  private static PCollection<String> sums(PCollection<Long> numbers, WindowFn<Object, ?> windows) {
    return byKey(numbers, "Sum")
        .apply("Window", Window.into(windows))
        .apply("Sum", Sum.longsPerKey())
        .apply("Text", ToString.kvs(" sum "))
        .apply("Global", global());
  }

  /** State, timers and what waits inside of a composite. */
  private static final class Analysis extends PTransform<PCollection<Long>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<Long> numbers) {
      return together(
          List.of(
              sums(numbers, FixedWindows.of(WINDOW)),
              count("Count").apply(numbers),
              withSums(numbers, false)));
    }

    @Override
    public String getKindString() {
      return "Analysis";
    }
  }

  private static final class AddSum extends DoFn<KV<Long, Iterable<Long>>, String> {
    private final PCollectionView<Long> sum;

    AddSum(PCollectionView<Long> sum) {
      this.sum = sum;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      for (long each : context.element().getValue()) {
        context.output(each + " of " + context.sideInput(sum));
      }
    }
  }

  /** Each number with the sum of its window, for which it has to wait. */
  private static PCollection<String> withSums(PCollection<Long> numbers, boolean reshuffled) {
    PCollectionView<Long> sum =
        numbers
            .apply("Side window", Window.into(FixedWindows.of(WINDOW)))
            .apply("Side", Sum.longsGlobally().withoutDefaults().asSingletonView());
    PCollection<KV<Long, Iterable<Long>>> groups =
        byKey(numbers, "Group")
            .apply(
                "Early",
                Window.<KV<Long, Long>>into(FixedWindows.of(WINDOW))
                    .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                    .withAllowedLateness(Duration.ZERO)
                    .discardingFiredPanes())
            .apply("Group", GroupByKey.create());
    return (reshuffled ? groups.apply("Reshuffle", Reshuffle.viaRandomKey()) : groups)
        .apply("Add", ParDo.of(new AddSum(sum)).withSideInputs(sum))
        .apply("Global with", global());
  }

  private static List<String> allWithSums() {
    return LongStream.range(0, GatedJob.END)
        .mapToObj(each -> each + " of " + (each < 30 ? 435 : 1335))
        .sorted()
        .toList();
  }

  private static List<String> allSums() {
    List<String> sums = new ArrayList<>();
    for (long key = 0; key < KEYS; key++) {
      sums.add(key + " sum " + (75 + 6 * key));
      sums.add(key + " sum " + (255 + 6 * key));
    }
    return sums;
  }

  // ---- what may change ----

  @Test
  void transformsAreAdded() {
    GatedJob job = job("added");
    assertThat(job.runTo(GATE, GATE, count("Count"))).isEqualTo(counts("Count", 1, 4));
    List<String> outputs =
        job.runToEnd(
            numbers ->
                together(
                    List.of(
                        count("Count").apply(numbers),
                        count("New").apply(numbers),
                        numbers.getPipeline().apply("More", Create.of("made")))));
    assertThat(outputs)
        .isEqualTo(sorted(sorted(counts("Count", 5, 12), counts("New", 1, 8)), List.of("made")));
  }

  @Test
  void aTransformIsRemovedIfTheUserSaysSo() {
    GatedJob job = job("removed");
    job.runTo(
        GATE,
        GATE,
        numbers -> together(List.of(count("Count").apply(numbers), count("Old").apply(numbers))));

    assertThatThrownBy(() -> job.runToEnd(count("Count")))
        .isInstanceOf(IncompatiblePipelineException.class)
        .hasMessageContaining("nothing takes what ParDo 'Old/ParMultiDo(Counting)' has kept")
        .hasMessageContaining("--allowUnrestoredState");
    assertThat(job.set("allowUnrestoredState", "true").runToEnd(count("Count")))
        .isEqualTo(counts("Count", 5, 12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rocksdb", "heap"})
  void aCompositeIsRenamedWithAllThatIsInIt(String backend) {
    GatedJob job = job("renamed-" + backend).set("stateBackend", backend);
    List<String> first = job.runTo(GATE, GATE, numbers -> numbers.apply("Old", new Analysis()));
    assertThat(first).isEqualTo(counts("Count", 1, 4));
    GatedJob.Body renamed = numbers -> numbers.apply("New", new Analysis());
    assertThatThrownBy(() -> job.runToEnd(renamed)).hasMessageContaining("--renames=old=new");

    job.set("renames", "Old=New");
    assertThat(job.runTo(25, 5, renamed)).isEqualTo(counts("Count", 5, 5));
    // The same command again.
    assertThat(job.runToEnd(renamed))
        .isEqualTo(sorted(counts("Count", 6, 12), sorted(allSums(), allWithSums())));
  }

  @Test
  void aFieldIsAddedToASchema() {
    GatedJob job = job("schema");
    job.runTo(GATE, GATE, countRows(COUNT));
    List<String> outputs = job.runToEnd(countRows(COUNT_AND_NOTE));
    assertThat(outputs).hasSize((int) (GatedJob.END - GATE));
    assertThat(outputs).contains("Count 0:5 none", "Count 4:5 none", "Count 0:6new");
    assertThat(outputs).filteredOn(each -> each.endsWith(" none")).hasSize((int) KEYS);
  }

  /** The two that had a stage each have one together, and the other way round. */
  @ParameterizedTest
  @CsvSource({"true, false", "false, true"})
  void stagesBecomeOthers(boolean before, boolean after) {
    GatedJob job = job("stages-" + before);
    assertThat(job.runTo(GATE, GATE, numbers -> withSums(numbers, before))).isEmpty();
    assertThat(job.runToEnd(numbers -> withSums(numbers, after))).isEqualTo(allWithSums());
  }

  @ParameterizedTest
  @CsvSource({"rocksdb, heap, 1", "heap, rocksdb, 3", "rocksdb, rocksdb, 2"})
  void aSavepointGoesToAnotherBackendAndParallelism(String from, String to, int parallelism) {
    Path savepoint = folder.resolve("savepoint");
    GatedJob.Body body = numbers -> numbers.apply("All", new Analysis());
    job("backend").set("stateBackend", from).runTo(GATE, GATE, body, savepoint);
    // The source's splits go by the name of the job that they come from.
    GatedSource.setGate("backend", GatedJob.END);
    assertThat(
            job("other")
                .set("stateBackend", to)
                .set("parallelism", "" + parallelism)
                .set("restore", savepoint.toString())
                .runToEnd(body))
        .isEqualTo(sorted(counts("Count", 5, 12), sorted(allSums(), allWithSums())));
  }

  // ---- what may not ----

  private void assertRefused(GatedJob.Body before, GatedJob.Body after, String... why) {
    GatedJob job = job("refused");
    job.runTo(GATE, GATE, before);
    assertThatThrownBy(() -> job.runToEnd(after))
        .isInstanceOf(IncompatiblePipelineException.class)
        .hasMessageContainingAll(why);
    // Nothing has been changed by it.
    assertThat(job.runTo(GATE, 0, before)).isEmpty();
    assertThat(job.runTo(GATE + 5, 5, before)).isNotNull();
  }

  @Test
  void anotherCoderOfValuesIsRefused() {
    assertRefused(
        count("Count"),
        count("Count", BigEndianLongCoder.of()),
        "transform 'Count/ParMultiDo(Counting)': state 'count'",
        "VarLongCoder",
        "BigEndianLongCoder");
  }

  @Test
  void anotherWindowingIsRefused() {
    assertRefused(
        numbers -> sums(numbers, FixedWindows.of(WINDOW)),
        numbers -> sums(numbers, Sessions.withGapDuration(WINDOW)),
        "transform 'Sum",
        "by window",
        "by merging windows");
  }

  @Test
  void anotherCoderOfKeysIsRefused() {
    assertRefused(
        count("Count"),
        numbers ->
            byKey(numbers, "Count")
                .setCoder(KvCoder.of(BigEndianLongCoder.of(), VarLongCoder.of()))
                .apply("Count", ParDo.of(new Counting("Count", VarLongCoder.of()))),
        "transform 'Count/ParMultiDo(Counting)': expected key coder VarLongCoder",
        "found BigEndianLongCoder");
  }

  @Test
  void keyGroupsAreThoseOfTheCheckpoint() {
    GatedJob job = job("groups").set("maxParallelism", "16");
    job.runTo(GATE, GATE, count("Count"));

    job.set("maxParallelism", "32");
    assertThatThrownBy(() -> job.runToEnd(count("Count")))
        .isInstanceOf(IncompatiblePipelineException.class)
        .hasMessageContaining("expected --maxParallelism=16 as in the checkpoint, but it is 32");
    job.unset("maxParallelism").set("parallelism", "17");
    assertThatThrownBy(() -> job.runToEnd(count("Count")))
        .isInstanceOf(IncompatiblePipelineException.class)
        .hasMessageContaining("expected --parallelism of at most 16")
        .hasMessageContaining("but it is 17");
    job.set("parallelism", "3");
    assertThat(job.runTo(30, 10, count("Count"))).isEqualTo(counts("Count", 5, 6));
    // What has been taken over is in the checkpoints, too.
    assertThat(job.runToEnd(count("Count"))).isEqualTo(counts("Count", 7, 12));
  }
}
