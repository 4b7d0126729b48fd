package dev.lintel.runner.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lintel.runner.operator.GroupingGear;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.translation.PipelineTranslator;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** A grouping goes on in the gear that the checkpoint has its state of. */
class KeptGearsTest {
  private static final Duration MINUTE = Duration.standardMinutes(1);
  private static final WindowFn<Object, ?> SESSIONS = Sessions.withGapDuration(MINUTE);

  private static final Window<String> BY_PROCESSING_TIME =
      Window.<String>into(new GlobalWindows())
          .triggering(
              Repeatedly.forever(AfterProcessingTime.pastFirstElementInPane().plusDelayOf(MINUTE)))
          .withAllowedLateness(Duration.ZERO)
          .discardingFiredPanes();

  private static ExecutionPlan plan(String count, WindowFn<Object, ?> windowFn) {
    return plan(count, Window.<String>into(windowFn));
  }

  private static ExecutionPlan plan(String count, Window<String> windowing) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Read", Create.of("a"))
        .apply("Window", windowing)
        .apply(count, Count.perElement());
    return PipelineTranslator.translate(pipeline);
  }

  private static Operator.CombinePerKey combine(ExecutionPlan plan) {
    return plan.stages().stream()
        .flatMap(stage -> stage.operators().stream())
        .filter(Operator.CombinePerKey.class::isInstance)
        .map(Operator.CombinePerKey.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** As Lintel kept merging windows before it had a gear for them. */
  private static KeptGears reduced(ExecutionPlan plan) {
    return new KeptGears(Set.of(combine(plan).transform()));
  }

  private static Compatibility restored(
      ExecutionPlan before, KeptGears gears, ExecutionPlan plan, String renames) {
    JsonNode description = PlanDescription.of(before, gears);
    return Compatibility.check(
        new Compatibility.Checkpoint("checkpoint 7", description, Set.of(), Set.of(), 128),
        plan,
        new Compatibility.Rules(Renames.parse(renames), false, 2, null));
  }

  @Test
  void aJobWithoutStateHasTheCheapestGear() {
    assertThat(KeptGears.NONE.of(combine(plan("Count", SESSIONS)))).isEqualTo(GroupingGear.MERGING);
  }

  @Test
  void whatTheGeneralGearHasKeptStaysWithIt() {
    ExecutionPlan plan = plan("Count", SESSIONS);
    KeptGears gears = restored(plan, reduced(plan), plan, "").gears();
    assertThat(gears.of(combine(plan))).isEqualTo(GroupingGear.REDUCE);
  }

  @Test
  void alsoPanesByProcessingTime() {
    ExecutionPlan plan = plan("Count", BY_PROCESSING_TIME);
    assertThat(restored(plan, KeptGears.NONE, plan, "").gears().of(combine(plan)))
        .isEqualTo(GroupingGear.PROCESSING_TIME);
    assertThat(restored(plan, reduced(plan), plan, "").gears().of(combine(plan)))
        .isEqualTo(GroupingGear.REDUCE);
  }

  @Test
  void alsoUnderAnotherName() {
    ExecutionPlan before = plan("Count", SESSIONS);
    ExecutionPlan now = plan("Number", SESSIONS);
    KeptGears gears = restored(before, reduced(before), now, "Count=Number").gears();
    assertThat(gears.of(combine(now))).isEqualTo(GroupingGear.REDUCE);
  }

  /** And in the next checkpoint, which says so again. */
  @Test
  void alsoAfterTheNextCheckpoint() {
    ExecutionPlan plan = plan("Count", SESSIONS);
    KeptGears first = restored(plan, reduced(plan), plan, "").gears();
    assertThat(restored(plan, first, plan, "").gears().of(combine(plan)))
        .isEqualTo(GroupingGear.REDUCE);
  }

  @Test
  void whatTheMergingGearHasKeptStaysWithThat() {
    ExecutionPlan plan = plan("Count", SESSIONS);
    assertThat(restored(plan, KeptGears.NONE, plan, "").gears().of(combine(plan)))
        .isEqualTo(GroupingGear.MERGING);
  }

  /** The gear of windows that don't merge never had another one's state. */
  @Test
  void otherWindowsAreRefusedAsEver() {
    ExecutionPlan before = plan("Count", SESSIONS);
    ExecutionPlan now = plan("Count", FixedWindows.of(MINUTE));
    assertThatThrownBy(() -> restored(before, reduced(before), now, ""))
        .hasMessageContaining(
            "expected grouped 'by trigger' as in the checkpoint, but it is 'by window'");
  }
}
