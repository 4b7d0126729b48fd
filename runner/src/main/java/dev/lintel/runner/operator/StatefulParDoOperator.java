package dev.lintel.runner.operator;

import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.timers.FiredTimer;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.Map;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.DoFnRunners;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * A ParDo with state or timers. Its input comes by key, with the encoded key beside each element.
 */
final class StatefulParDoOperator extends KeyedOperator {
  private final ParDo spec;
  private final DoFnHandle handle;
  private final DoFnRunner<Object, Object> runner;
  private final @Nullable PushbackBuffer pushback;
  private final Coder<?> keyCoder;
  private final KeyEncoder keyEncoder;

  StatefulParDoOperator(ParDo spec, OperatorContext context, Map<String, Output> outputs) {
    super(spec.transform(), spec.input().windowing().getWindowFn().windowCoder(), context);
    this.spec = spec;
    handle = new DoFnHandle(spec, context, outputs);
    keyCoder = ((KvCoder<?, ?>) spec.input().coder()).getKeyCoder();
    keyEncoder = new KeyEncoder(keyCoder, spec.input().name());
    pushback = context.pushback(spec);
    runner = buildRunner(OperatorContext.sideInputs(pushback));
  }

  private DoFnRunner<Object, Object> buildRunner(SideInputReader sideInputs) {
    @SuppressWarnings("unchecked")
    Coder<Object> inputCoder = (Coder<Object>) spec.input().coder();
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(handle.fn());
    WindowCleanup cleanup =
        new WindowCleanup(handle.fn(), signature, spec.input().windowing(), state, timers);
    return DoFnRunners.defaultStatefulDoFnRunner(
        handle.fn(),
        inputCoder,
        handle.simpleRunner(sideInputs, state, timers),
        handle.stepContext(state, timers),
        spec.input().windowing(),
        cleanup,
        cleanup,
        true);
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
      processReady((WindowedValue<Object>) element, key);
    } else {
      pushback.process((WindowedValue<Object>) element, key, this::processReady);
    }
  }

  /** Elements that waited have no encoded key beside them. */
  private void processReady(WindowedValue<Object> element, @Nullable EncodedKey key) {
    Object decoded = ((KV<?, ?>) element.getValue()).getKey();
    setCurrentKey(key == null ? keyEncoder.encode(decoded) : key, decoded);
    handle.process(runner, element);
  }

  @Override
  public void fireDueTimer() {
    FiredTimer fired = takeDueTimer();
    Object key = context.decodeKey(transform, keyCoder, fired.key());
    setCurrentKey(fired.key(), key);
    TimerData timer = fired.timer();
    BoundedWindow window = ((WindowNamespace<?>) timer.getNamespace()).getWindow();
    handle.call("a timer (" + timer.getTimerId() + ")", () -> fire(timer, key, window));
  }

  private void fire(TimerData timer, Object key, BoundedWindow window) {
    runner.onTimer(
        timer.getTimerId(),
        timer.getTimerFamilyId(),
        key,
        window,
        timer.getTimestamp(),
        timer.getOutputTimestamp(),
        timer.getDomain(),
        timer.causedByDrain());
  }

  @Override
  public void finishBundle() {
    handle.call("@FinishBundle", runner::finishBundle);
  }

  @Override
  public void bundleCommitted() {
    handle.bundleCommitted(timers.currentProcessingTime());
  }

  @Override
  public void close() {
    handle.close();
  }

  /**
   * Elements that wait for a side input keep the watermark back: they must not be late when they
   * are processed.
   */
  @Override
  public void advanceInputWatermark(long millis) {
    super.advanceInputWatermark(
        pushback == null ? millis : Math.min(millis, pushback.earliestMillis()));
  }

  @Override
  public boolean awaitsProcessingTime() {
    return timers.hasProcessingTimers();
  }

  @Override
  public void skipProcessingTime() {
    advanceProcessingTime(Timestamps.MAX_MILLIS, Timestamps.MAX_MILLIS);
  }

  @Override
  public @Nullable PushbackBuffer sideInputs() {
    return pushback;
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    super.advanceOutputWatermark(millis);
    if (pushback != null) {
      pushback.expire(millis);
    }
  }

  @Override
  public int processReadyElements() {
    return pushback == null ? 0 : pushback.replayReady(this::processReady);
  }
}
