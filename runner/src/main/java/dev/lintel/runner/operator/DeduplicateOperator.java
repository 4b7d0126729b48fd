package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import dev.lintel.timers.FiredTimer;
import dev.lintel.translation.plan.Operator;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Lets the first record of each id through. An id is remembered for ten minutes of processing time,
 * as long as Beam's other runners do: sources repeat records when they did not hear in time that
 * these were taken.
 */
final class DeduplicateOperator extends KeyedOperator {
  private static final Duration REMEMBERED = Duration.standardMinutes(10);
  private static final String TIMER_ID = "forget";
  private static final StateNamespace NAMESPACE = StateNamespaces.global();

  /** Later than the end of time: the timer holds no watermark. */
  private static final Instant NO_HOLD = BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));

  private final Output output;
  private final StateTag<ValueState<Boolean>> seenTag = StateTags.value("seen", BooleanCoder.of());

  DeduplicateOperator(Operator.Deduplicate spec, OperatorContext context, Output output) {
    super(spec.transform(), GlobalWindow.Coder.INSTANCE, context);
    this.output = output;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void process(WindowedValue<?> element, @Nullable EncodedKey encodedKey) {
    EncodedKey key = OperatorContext.given(encodedKey, transform);
    setCurrentKey(key, null);
    ValueState<Boolean> seen = state.state(NAMESPACE, seenTag);
    if (seen.read() != null) {
      return;
    }
    seen.write(true);
    timers.setTimer(
        NAMESPACE,
        TIMER_ID,
        "",
        timers.currentProcessingTime().plus(REMEMBERED),
        NO_HOLD,
        TimeDomain.PROCESSING_TIME);
    WindowedValue<KV<?, Object>> record = (WindowedValue<KV<?, Object>>) element;
    output.emit(record.withValue(record.getValue().getValue()));
  }

  @Override
  public void fireDueTimer() {
    FiredTimer fired = takeDueTimer();
    setCurrentKey(fired.key(), null);
    state.state(NAMESPACE, seenTag).clear();
  }
}
