package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.timers.FiredTimer;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.List;
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
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A ParDo with state or timers. Its input comes by key, with the encoded key beside each element.
 *
 * <p>One that requires stable input has elements wait for a checkpoint, and its timers' clocks with
 * them: they move from round to round of {@link StableInput}. Until then a timer that is due holds
 * the watermark.
 */
final class StatefulParDoOperator extends KeyedOperator implements DoFnOperator {
  /** Timers of stable input that fire in a bundle, at most. */
  private static final int STABLE_TIMERS_MAX = 1_000;

  private final ParDo spec;
  private final DoFnHandle handle;
  private final DoFnRunner<Object, Object> runner;
  private final @Nullable PushbackBuffer pushback;

  /** If this is there, bundles are not the task's. */
  private final @Nullable StableInput stable;

  /** If this is there, not all keys need fit into memory at once. */
  private final @Nullable KeyPasses passes;

  private final Coder<?> keyCoder;
  private final KeyEncoder keyEncoder;

  /** How far the clocks are, where those of the timers wait for stable input. */
  private long watermarkMillis = Timestamps.MIN_MILLIS;

  private long nowMillis = Timestamps.MIN_MILLIS;
  private long dueMillis = Timestamps.MIN_MILLIS;

  StatefulParDoOperator(ParDo spec, OperatorContext context, Map<String, Output> outputs) {
    super(spec.transform(), spec.input().windowing().getWindowFn().windowCoder(), context);
    this.spec = spec;
    handle = new DoFnHandle(spec, context, outputs);
    keyCoder = ((KvCoder<?, ?>) spec.input().coder()).getKeyCoder();
    keyEncoder = new KeyEncoder(keyCoder, spec.input().name());
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(handle.fn());
    stable = StableInput.of(signature, transform, spec.input(), context);
    passes = KeyPasses.of(this, spec, signature, this::processKeyed);
    pushback = context.pushback(spec, this::processReady);
    runner = buildRunner(signature, OperatorContext.sideInputs(pushback));
  }

  private DoFnRunner<Object, Object> buildRunner(
      DoFnSignature signature, SideInputReader sideInputs) {
    @SuppressWarnings("unchecked")
    Coder<Object> inputCoder = (Coder<Object>) spec.input().coder();
    WindowCleanup cleanup =
        new WindowCleanup(handle.fn(), signature, spec.input().windowing(), state, timers);
    return DoFnRunners.defaultStatefulDoFnRunner(
        handle.fn(),
        inputCoder,
        handle.runner(sideInputs, state, timers),
        handle.stepContext(state, timers),
        spec.input().windowing(),
        cleanup,
        cleanup,
        true);
  }

  @Override
  public DoFnHandle handle() {
    return handle;
  }

  @Override
  public Instant processingTime() {
    return new Instant(nowMillis);
  }

  @Override
  public void startBundle() {
    if (stable == null) {
      handle.call("@StartBundle", runner::startBundle);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    if (pushback == null) {
      processReady((WindowedValue<Object>) element, key);
    } else {
      pushback.process((WindowedValue<Object>) element, key);
    }
  }

  /** Elements that waited have no encoded key beside them. */
  private void processReady(WindowedValue<Object> element, @Nullable EncodedKey key) {
    EncodedKey encoded =
        key == null ? keyEncoder.encode(((KV<?, ?>) element.getValue()).getKey()) : key;
    if (stable == null) {
      processKeyed(element, encoded);
    } else {
      stable.add(element, encoded);
    }
  }

  private void processKeyed(WindowedValue<Object> element, EncodedKey key) {
    if (passes == null || passes.admits(element, key)) {
      setCurrentKey(key, ((KV<?, ?>) element.getValue()).getKey());
      handle.process(runner, element);
    }
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
    if (stable == null) {
      handle.call("@FinishBundle", runner::finishBundle);
    }
  }

  // ---- clocks ----

  /**
   * Elements that wait for a side input keep the watermark back: they must not be late when they
   * are processed.
   */
  @Override
  public void advanceInputWatermark(long millis) {
    long reached = pushback == null ? millis : Math.min(millis, pushback.earliestMillis());
    watermarkMillis = Math.max(watermarkMillis, reached);
    if (stable == null && (passes == null || !passes.haveBegun())) {
      super.advanceInputWatermark(watermarkMillis);
    }
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    super.advanceOutputWatermark(millis);
    DoFnOperator.super.advanceOutputWatermark(millis);
  }

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    nowMillis = Math.max(nowMillis, millis);
    dueMillis = Math.max(dueMillis, millis);
    if (stable == null) {
      super.advanceProcessingTime(millis, synchronizedMillis);
    }
  }

  @Override
  public boolean awaitsProcessingTime() {
    return timers.hasProcessingTimers() || (passes != null && passes.hasWorkLeft());
  }

  @Override
  public void skipProcessingTime() {
    dueMillis = Timestamps.MAX_MILLIS;
    if (passes != null) {
      passes.processingTimeSkipped();
    }
    if (stable == null) {
      super.advanceProcessingTime(Timestamps.MAX_MILLIS, Timestamps.MAX_MILLIS);
    }
  }

  @Override
  public void close() {
    try {
      DoFnOperator.super.close();
    } finally {
      if (passes != null) {
        passes.close();
      }
    }
  }

  @Override
  public @Nullable PushbackBuffer sideInputs() {
    return pushback;
  }

  // ---- checkpoints ----

  @Override
  public void restore(RestoredOperator restored) {
    DoFnOperator.super.restore(restored);
    if (stable != null) {
      stable.restore();
      dueMillis = stable.lastDueMillis();
    }
  }

  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    DoFnOperator.super.snapshot(checkpoint, snapshot);
    if (stable != null) {
      stable.endRound(
          checkpoint,
          new StableInput.Reached(nowMillis, dueMillis, watermarkMillis),
          hasTimerForNextRound());
    }
  }

  @Override
  public void checkpointCompleted(long checkpoint) {
    DoFnOperator.super.checkpointCompleted(checkpoint);
    if (stable != null) {
      stable.checkpointCompleted(checkpoint);
    }
  }

  // ---- stable input ----

  private boolean hasTimerForNextRound() {
    return timers.nextEventTimeMillis() < watermarkMillis
        || timers.nextProcessingTimeMillis() < dueMillis;
  }

  @Override
  public boolean hasWorkLeft() {
    return stable == null
        ? passes != null && passes.hasWorkLeft()
        : !stable.isEmpty() || hasTimerForNextRound();
  }

  @Override
  public boolean awaitsCheckpoint() {
    return stable != null && hasWorkLeft() && !canResume();
  }

  @Override
  public boolean canResume() {
    return stable == null ? canGoOnWithPasses() : stable.hasReleased();
  }

  private boolean canGoOnWithPasses() {
    return passes != null
        && passes.hasWorkLeft()
        && watermarkMillis >= Timestamps.MAX_MILLIS
        && !super.hasDueTimer();
  }

  /** A step of a pass; or a bundle of stable input, or of the timers behind it. */
  @Override
  public int resume() {
    if (passes != null) {
      return passes.step(nowMillis);
    }
    if (stable == null) {
      return 0;
    }
    StableInput.Clocks clocks = stable.clocks();
    StableInput.Reached reached = clocks.reached();
    super.advanceProcessingTime(reached.nowMillis(), reached.nowMillis());
    super.advanceInputWatermark(clocks.eventBeforeMillis());
    List<WindowedValue<Object>> bundle = stable.takeBundle();
    if (bundle != null) {
      handle.call("@StartBundle", runner::startBundle);
      bundle.forEach(this::processStable);
      handle.call("@FinishBundle", runner::finishBundle);
      return bundle.size();
    }
    super.advanceProcessingTime(reached.dueMillis(), reached.dueMillis());
    super.advanceInputWatermark(reached.eventMillis());
    return fireStable();
  }

  private void processStable(WindowedValue<Object> element) {
    Object decoded = ((KV<?, ?>) element.getValue()).getKey();
    setCurrentKey(keyEncoder.encode(decoded), decoded);
    handle.process(runner, element);
  }

  private int fireStable() {
    int fired = 0;
    if (super.hasDueTimer()) {
      handle.call("@StartBundle", runner::startBundle);
      while (super.hasDueTimer() && fired < STABLE_TIMERS_MAX) {
        fireDueTimer();
        fired++;
      }
      handle.call("@FinishBundle", runner::finishBundle);
    }
    if (!super.hasDueTimer() && stable != null) {
      stable.endRelease();
    }
    return fired + 1;
  }

  /** With stable input, timers fire in {@link #resume}. */
  @Override
  public boolean hasDueTimer() {
    return stable == null && super.hasDueTimer();
  }
}
