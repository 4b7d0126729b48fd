package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

final class DeduplicateOperatorTest {
  private static final long TEN_MINUTES = Duration.standardMinutes(10).getMillis();

  private final TaskState state = new HeapStateBackend().open("test", new KeyGroupRange(0, 16), 16);
  private final WatermarkHolds holds = new WatermarkHolds();
  private final List<Object> out = new ArrayList<>();
  private final DeduplicateOperator operator =
      new DeduplicateOperator(
          new Operator.Deduplicate(
              "Read/Deduplicate",
              new Collection(
                  "in",
                  "in",
                  KvCoder.of(ByteArrayCoder.of(), StringUtf8Coder.of()),
                  WindowingStrategy.globalDefault(),
                  false),
              new Collection(
                  "out", "out", StringUtf8Coder.of(), WindowingStrategy.globalDefault(), false)),
          TestContext.of(
              () -> state,
              holds,
              new TaskMetrics(),
              new SpillSpace(
                  new MemoryBudget(0), new SpillDirectory(new RunFolder(Path.of("unused")), ""))),
          element -> out.add(element.getValue()));

  private void take(String id, String record) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    operator.process(
        WindowedValues.valueInGlobalWindow(KV.of(bytes, record)), new EncodedKey(bytes));
  }

  private void moveTo(long millis) {
    operator.advanceProcessingTime(millis, millis);
    while (operator.hasDueTimer()) {
      operator.fireDueTimer();
    }
  }

  @Test
  void aRecordThatComesAgainIsDropped() {
    moveTo(1_000);
    take("1", "a");
    take("2", "b");
    take("1", "a again");
    assertThat(out).containsExactly("a", "b");
  }

  @Test
  void anIdIsForgottenAfterTenMinutesAndNoSooner() {
    moveTo(1_000);
    take("1", "a");
    moveTo(1_000 + TEN_MINUTES);
    take("1", "soon");
    moveTo(1_001 + TEN_MINUTES);
    take("1", "late");
    assertThat(out).containsExactly("a", "late");
  }

  @Test
  void whatItRemembersHoldsNoWatermark() {
    moveTo(1_000);
    take("1", "a");
    assertThat(holds.min()).isEqualTo(Long.MAX_VALUE);
    assertThat(operator.nextEventTimeMillis()).isEqualTo(Long.MAX_VALUE);
  }
}
