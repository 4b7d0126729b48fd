package dev.lintel.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Partitioning;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.junit.jupiter.api.Test;

/** The worked examples of {@link StageFuser}, and pipelines at random. */
final class StageFuserTest {
  private final Pipeline pipeline = NotRunnable.pipeline();

  private PlanQueries translated() {
    ExecutionPlan plan = PipelineTranslator.translate(pipeline);
    PlanInvariants.check(plan);
    return new PlanQueries(plan);
  }

  private PCollection<String> read(String name) {
    return pipeline.apply(name, Create.of("a", "aa"));
  }

  private static PCollection<String> map(
      String name, PCollection<String> input, PCollectionView<?>... sideInputs) {
    return input
        .apply(name, ParDo.of(new TestFns.Same<String>()).withSideInputs(sideInputs))
        .setCoder(StringUtf8Coder.of());
  }

  private static PCollectionView<?> view(String name, PCollection<String> input) {
    return input.apply(name, View.asIterable());
  }

  private static List<Partitioning> mainPartitionings(List<Exchange> exchanges) {
    return exchanges.stream()
        .filter(each -> each.sideInput() == null)
        .map(Exchange::partitioning)
        .toList();
  }

  @Test
  void aSideInputThatDerivesFromTheProducerKeepsTheReaderOut() {
    PCollection<String> p = read("P");
    map("B", p, view("View", map("A", p)));
    PlanQueries plan = translated();
    assertThat(plan.stageOf("A")).isEqualTo(plan.stageOf("P"));
    assertThat(plan.stageOf("B")).isNotEqualTo(plan.stageOf("P"));
    assertThat(mainPartitionings(plan.exchangesTo("B"))).containsExactly(Partitioning.FORWARD);
  }

  @Test
  void aCollectionThatIsItsOwnReadersSideInput() {
    PCollection<String> p = read("P");
    map("B", p, view("View", p));
    PlanQueries plan = translated();
    assertThat(plan.stageOf("B")).isNotEqualTo(plan.stageOf("P"));
    assertThat(plan.exchangesTo("B")).hasSize(2);
  }

  @Test
  void aSideInputFromElsewhereLetsTheReaderIn() {
    PCollection<String> p = read("P");
    map("B", p, view("View", read("S")));
    PlanQueries plan = translated();
    assertThat(plan.stageOf("B")).isEqualTo(plan.stageOf("P"));
    // [P → B] began first, but waits for S and its GatherView.
    assertThat(plan.stageOf("P").id()).isGreaterThan(plan.stageOf("S").id());
  }

  @Test
  void twoStagesMayNotReadEachOther() {
    PCollection<String> p = read("P");
    PCollection<String> s = read("S");
    map("B", p, view("ViewOfS", s));
    map("C", s, view("ViewOfP", p));
    PlanQueries plan = translated();
    assertThat(plan.stageOf("B")).isEqualTo(plan.stageOf("P"));
    assertThat(plan.stageOf("C")).isNotEqualTo(plan.stageOf("S"));
  }

  @Test
  void aDependencyThroughSeveralStagesIsSeen() {
    PCollection<String> p = read("P");
    PCollection<String> far = map("Far", map("Near", p).apply("Move", Redistribute.arbitrarily()));
    PCollection<String> other = map("Other", read("S"), view("FarView", far));
    map("B", p, view("OtherView", other));
    PlanQueries plan = translated();
    assertThat(plan.stageOf("B")).isNotEqualTo(plan.stageOf("P"));
  }

  @Test
  void readersOfOneViewShareItsGathering() {
    PCollectionView<?> shared = view("Shared", read("S"));
    map("A", read("P"), shared);
    map("B", read("Q"), shared, view("Other", read("T")));
    PlanQueries plan = translated();
    assertThat(plan.all(Operator.GatherView.class)).hasSize(2);
    assertThat(plan.exchangesTo("A").stream().map(Exchange::partitioning).toList())
        .containsExactly(Partitioning.BROADCAST);
    assertThat(plan.exchangesTo("B")).hasSize(2);
    assertThat(plan.exchangesTo("A").get(0).producer())
        .isIn(plan.exchangesTo("B").stream().map(Exchange::producer).toList());
    String gather = plan.all(Operator.GatherView.class).get(0).transform();
    assertThat(plan.exchangesTo(gather))
        .singleElement()
        .satisfies(each -> assertThat(each.partitioning()).isEqualTo(Partitioning.TO_ONE));
  }

  @Test
  void aFlattenOfOneStageStaysInIt() {
    PCollection<String> p = read("P");
    PCollectionList.of(map("A", p)).and(map("B", p)).apply("Union", Flatten.pCollections());
    PlanQueries plan = translated();
    Stage stage = plan.stageOf("Union");
    assertThat(stage).isEqualTo(plan.stageOf("P"));
    assertThat(plan.transforms(stage)).hasSize(4);
    assertThat(stage.edges()).hasSize(4);
  }

  @Test
  void aFlattenOfTheSameInputTwiceHasTwoEdges() {
    PCollection<String> p = read("P");
    PCollectionList.of(p).and(p).apply("Union", Flatten.pCollections());
    PlanQueries plan = translated();
    assertThat(plan.operator("Union", Operator.Flatten.class).inputs()).hasSize(2);
    assertThat(plan.stageOf("Union").edges()).hasSize(2);
  }

  @Test
  void aFlattenOfSeveralStagesBeginsOne() {
    PCollection<String> go =
        map("Go", pipeline.apply(Impulse.create()).apply("Text", ParDo.of(new ToText())));
    PCollectionList.of(read("P")).and(go).and(go).apply("Union", Flatten.pCollections());
    PlanQueries plan = translated();
    assertThat(plan.stageOf("Union").operators()).hasSize(1);
    // One task must not feed one task only, as a FORWARD exchange from an Impulse would.
    assertThat(mainPartitionings(plan.exchangesTo("Union")))
        .containsExactlyInAnyOrder(
            Partitioning.FORWARD, Partitioning.REBALANCE, Partitioning.REBALANCE);
  }

  /** Text of bytes. */
  private static final class ToText extends DoFn<byte[], String> {
    @ProcessElement
    public void process(OutputReceiver<String> out) {
      out.output("");
    }
  }

  @Test
  void aFlattenOfNothingIsARoot() {
    map(
        "After",
        PCollectionList.<String>empty(pipeline)
            .apply("Union", Flatten.pCollections())
            .setCoder(StringUtf8Coder.of()));
    PlanQueries plan = translated();
    assertThat(plan.operator("Union", Operator.Flatten.class).inputs()).isEmpty();
    assertThat(plan.stageOf("After")).isEqualTo(plan.stageOf("Union"));
  }

  @Test
  void aFlattenOfDifferentCodersKeepsThem() {
    PCollection<String> plain = read("P");
    PCollection<String> other =
        pipeline.apply("Q", Create.of("b", "bb").withCoder(new TestFns.AnonymousStringCoder()));
    PCollectionList.of(plain).and(other).apply("Union", Flatten.pCollections());
    Operator.Flatten union = translated().operator("Union", Operator.Flatten.class);
    assertThat(union.inputs().get(0).coder()).isNotEqualTo(union.inputs().get(1).coder());
  }

  @Test
  void pipelinesAtRandomHaveNoCircle() {
    for (long seed = 0; seed < 60; seed++) {
      Pipeline random = randomPipeline(new SplittableRandom(seed));
      try {
        ExecutionPlan plan = PipelineTranslator.translate(random);
        PlanInvariants.check(plan);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static Pipeline randomPipeline(SplittableRandom random) {
    Pipeline pipeline = NotRunnable.pipeline();
    List<PCollection<String>> made = new ArrayList<>();
    int roots = random.nextInt(1, 4);
    for (int i = 0; i < roots; i++) {
      made.add(pipeline.apply("Read" + i, Create.of("a", "aa")));
    }
    int transforms = random.nextInt(1, 20);
    for (int i = 0; i < transforms; i++) {
      made.add(randomTransform(random, made, i));
    }
    return pipeline;
  }

  private static PCollection<String> randomTransform(
      SplittableRandom random, List<PCollection<String>> made, int number) {
    PCollection<String> input = made.get(random.nextInt(made.size()));
    PCollection<String> other = made.get(random.nextInt(made.size()));
    return switch (random.nextInt(5)) {
      case 0 -> map("Map" + number, input);
      case 1 ->
          PCollectionList.of(input).and(other).apply("Union" + number, Flatten.pCollections());
      case 2 -> input.apply("Move" + number, Redistribute.arbitrarily());
      default -> map("Side" + number, input, view("View" + number, other));
    };
  }
}
