package dev.lintel.runner.operator;

import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.splittable.SplittableFn;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator;
import java.util.Map;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The first half of a splittable ParDo: each element with its initial restriction, split into the
 * parts that can be processed side by side.
 */
final class SplitRestrictionsOperator implements DoFnOperator {
  private final DoFnHandle handle;
  private final SplittableFn fn;
  private final Output output;
  private final @Nullable PushbackBuffer pushback;
  private long processingTimeMillis = Timestamps.MIN_MILLIS;

  SplitRestrictionsOperator(
      Operator.SplitRestrictions spec, OperatorContext context, Output output) {
    this.output = output;
    handle = new DoFnHandle(spec.parDo(), context, Map.of());
    pushback = context.pushback(spec, this::processReady);
    SideInputReader sideInputs = OperatorContext.sideInputs(pushback);
    fn = handle.splittable(sideInputs);
  }

  @Override
  public DoFnHandle handle() {
    return handle;
  }

  @Override
  public Instant processingTime() {
    return new Instant(processingTimeMillis);
  }

  @Override
  @SuppressWarnings("unchecked")
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    if (pushback == null) {
      processReady((WindowedValue<Object>) element, null);
    } else {
      pushback.process((WindowedValue<Object>) element, key);
    }
  }

  private void processReady(WindowedValue<Object> element, @Nullable EncodedKey key) {
    handle.call("@SplitRestriction", () -> fn.split(element, output::emit));
  }

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    processingTimeMillis = millis;
  }

  @Override
  public @Nullable PushbackBuffer sideInputs() {
    return pushback;
  }
}
