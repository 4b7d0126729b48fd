package dev.lintel.runner.operator;

import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.Map;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A ParDo without state. Elements whose side inputs are not ready wait in a {@link PushbackBuffer}.
 */
final class ParDoOperator implements StreamOperator {
  private final DoFnHandle handle;
  private final DoFnRunner<Object, Object> runner;
  private final @Nullable PushbackBuffer pushback;
  private long processingTimeMillis;

  ParDoOperator(ParDo spec, OperatorContext context, Map<String, Output> outputs) {
    handle = new DoFnHandle(spec, context, outputs);
    pushback = context.pushback(spec);
    runner = handle.simpleRunner(OperatorContext.sideInputs(pushback), null, null);
  }

  @Override
  public void open() {
    handle.open();
  }

  @Override
  public void startBundle() {
    handle.call("@StartBundle", runner::startBundle);
  }

  @Override
  @SuppressWarnings("unchecked")
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    if (pushback == null) {
      handle.process(runner, (WindowedValue<Object>) element);
    } else {
      pushback.process((WindowedValue<Object>) element, key, this::processReady);
    }
  }

  private void processReady(WindowedValue<Object> element, @Nullable EncodedKey key) {
    handle.process(runner, element);
  }

  @Override
  public void finishBundle() {
    handle.call("@FinishBundle", runner::finishBundle);
  }

  @Override
  public void bundleCommitted() {
    handle.bundleCommitted(new Instant(processingTimeMillis));
  }

  @Override
  public void close() {
    handle.close();
  }

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    processingTimeMillis = millis;
  }

  @Override
  public @Nullable PushbackBuffer sideInputs() {
    return pushback;
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    if (pushback != null) {
      pushback.expire(millis);
    }
  }

  @Override
  public int processReadyElements() {
    return pushback == null ? 0 : pushback.replayReady(this::processReady);
  }
}
