package dev.lintel.runner.operator;

import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator.CombinePerKey;
import dev.lintel.translation.plan.Operator.PartialCombine;
import dev.lintel.translation.plan.PartialCoder;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * A combine in two operators, as the translation splits it, with an exchange between them that does
 * nothing but encode keys. The first one's bundles end at random, and before each move of a clock.
 */
final class LiftedCombine implements StreamOperator {
  private final StreamOperator partial;
  private final StreamOperator rest;
  private final SplittableRandom random;

  LiftedCombine(
      CombinePerKey whole, OperatorContext context, Output output, SplittableRandom random) {
    this.random = random;
    PartialCombine spec = partial(whole);
    rest =
        GroupingOperators.operator(
            new CombinePerKey(
                whole.transform(),
                whole.combineFn(),
                whole.accumulatorCoder(),
                spec.output(),
                whole.output()),
            context,
            output);
    partial = new PartialCombineOperator(spec, context, new Exchange(rest));
  }

  static PartialCombine partial(CombinePerKey whole) {
    Collection input = whole.input();
    KvCoder<?, ?> kv = (KvCoder<?, ?>) input.coder();
    PartialCoder values = new PartialCoder(kv.getValueCoder(), whole.accumulatorCoder());
    return new PartialCombine(
        "Partial",
        whole.transform(),
        (CombineFn<?, ?, ?>) whole.combineFn(),
        whole.accumulatorCoder(),
        input,
        new Collection(
            "partial",
            "partial",
            KvCoder.of(kv.getKeyCoder(), values),
            input.windowing(),
            input.bounded()));
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    partial.process(element, null);
    if (random.nextInt(8) == 0) {
      partial.finishBundle();
    }
  }

  @Override
  public void advanceInputWatermark(long millis) {
    partial.finishBundle();
    partial.advanceOutputWatermark(millis);
    rest.advanceInputWatermark(millis);
  }

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    partial.finishBundle();
    rest.advanceProcessingTime(millis, synchronizedMillis);
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    rest.advanceOutputWatermark(millis);
  }

  @Override
  public boolean hasDueTimer() {
    return rest.hasDueTimer();
  }

  @Override
  public void fireDueTimer() {
    rest.fireDueTimer();
  }

  @Override
  public long nextEventTimeMillis() {
    return rest.nextEventTimeMillis();
  }

  /** Encodes the key if that was not done before. */
  private record Exchange(StreamOperator consumer, KeyEncoder encoder) implements Output {
    Exchange(StreamOperator consumer) {
      this(consumer, new KeyEncoder(DrivenGrouping.KEY_CODER, "partial"));
    }

    @Override
    public void emit(WindowedValue<?> element) {
      consumer.process(element, encoder.encode(((KV<?, ?>) element.getValue()).getKey()));
    }

    @Override
    public void emit(WindowedValue<?> element, EncodedKey key) {
      consumer.process(element, key);
    }
  }
}
