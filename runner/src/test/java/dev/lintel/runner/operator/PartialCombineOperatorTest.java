package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.state.EncodedKey;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator.CombinePerKey;
import dev.lintel.translation.plan.Partial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;

/** What a partial combine sends on, and what it leaves alone. */
class PartialCombineOperatorTest {
  private static final int ELEMENTS = 50_000;

  private final List<WindowedValue<?>> emitted = new ArrayList<>();
  private int keysEncoded;

  private PartialCombineOperator operator(CombineFn<?, ?, ?> fn, Coder<?> accumulatorCoder) {
    Coder<?> coder = KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of());
    Collection input = new Collection("in", "in", coder, WindowingStrategy.globalDefault(), false);
    CombinePerKey whole = new CombinePerKey("Sum", fn, accumulatorCoder, input, input);
    OperatorContext context =
        TestContext.of(
            () -> {
              throw new IllegalStateException("Expected no state");
            },
            new WatermarkHolds(),
            new TaskMetrics(),
            DrivenOperator.SPILL);
    return new PartialCombineOperator(
        LiftedCombine.partial(whole),
        context,
        new Output() {
          @Override
          public void emit(WindowedValue<?> element) {
            emitted.add(element);
          }

          @Override
          public void emit(WindowedValue<?> element, EncodedKey key) {
            emitted.add(element);
            keysEncoded++;
          }
        });
  }

  private PartialCombineOperator collecting() {
    return operator(new DrivenGrouping.Collect(), DrivenGrouping.ACCUMULATOR_CODER);
  }

  private static WindowedValue<KV<String, Integer>> element(int key, int value) {
    return WindowedValues.valueInGlobalWindow(KV.of("key" + key, value));
  }

  /** However keys chase each other from their places, no value is lost or doubled. */
  @Test
  void everyValueGoesOnOnce() {
    SplittableRandom random = new SplittableRandom(1);
    PartialCombineOperator operator = collecting();
    Map<String, List<Integer>> expected = new HashMap<>();
    for (int i = 0; i < ELEMENTS; i++) {
      int key = random.nextInt(1 + random.nextInt(20_000));
      expected.computeIfAbsent("key" + key, any -> new ArrayList<>()).add(i);
      operator.process(element(key, i), null);
      if (random.nextInt(10_000) == 0) {
        operator.finishBundle();
      }
    }
    operator.finishBundle();
    Map<String, List<Integer>> found = new HashMap<>();
    for (WindowedValue<?> each : emitted) {
      KV<?, ?> kv = (KV<?, ?>) each.getValue();
      List<Integer> values = found.computeIfAbsent((String) kv.getKey(), any -> new ArrayList<>());
      if (kv.getValue() instanceof Partial partial) {
        ((List<?>) partial.accumulator()).forEach(value -> values.add((Integer) value));
      } else {
        values.add((Integer) kv.getValue());
      }
    }
    found.values().forEach(each -> each.sort(null));
    assertThat(found).isEqualTo(expected);
    assertThat(emitted).hasSizeLessThan(ELEMENTS);
  }

  @Test
  void hotKeysCostTheExchangeAlmostNothing() {
    PartialCombineOperator operator = collecting();
    for (int i = 0; i < ELEMENTS; i++) {
      operator.process(element(i % 100, i), null);
    }
    operator.finishBundle();
    assertThat(emitted).hasSize(100);
    assertThat(keysEncoded).isEqualTo(100);
  }

  @Test
  void valuesWhoseKeysDoNotRepeatSoonPassUntouched() {
    PartialCombineOperator operator = collecting();
    List<WindowedValue<?>> last = new ArrayList<>();
    for (int i = 0; i < ELEMENTS; i++) {
      WindowedValue<?> element = element(i, i);
      operator.process(element, null);
      if (i >= ELEMENTS / 2) {
        last.add(element);
      }
    }
    operator.finishBundle();
    assertThat(emitted).hasSize(ELEMENTS).containsAll(last);
    assertThat(keysEncoded).isLessThan(ELEMENTS / 2);
  }

  /** And when keys begin to repeat, that is found out. */
  @Test
  void passingIsNotForEver() {
    PartialCombineOperator operator = collecting();
    for (int i = 0; i < ELEMENTS; i++) {
      operator.process(element(i, i), null);
    }
    operator.finishBundle();
    emitted.clear();
    for (int i = 0; i < 4 * ELEMENTS; i++) {
      operator.process(element(i % 100, i), null);
    }
    operator.finishBundle();
    assertThat(emitted).hasSizeLessThan(2 * ELEMENTS);
  }

  @Test
  void largeAccumulatorsDoNotPileUp() {
    PartialCombineOperator operator = operator(new LongText(), StringUtf8Coder.of());
    for (int i = 0; i < 2_000; i++) {
      operator.process(element(i, i), null);
    }
    assertThat(emitted).hasSizeGreaterThan(1_000);
  }

  /** Its accumulators are 100,000 characters long. */
  private static final class LongText extends CombineFn<Integer, String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String createAccumulator() {
      return "";
    }

    @Override
    public String addInput(String accumulator, Integer input) {
      return "x".repeat(100_000);
    }

    @Override
    public String mergeAccumulators(Iterable<String> accumulators) {
      return accumulators.iterator().next();
    }

    @Override
    public String extractOutput(String accumulator) {
      return accumulator;
    }
  }
}
