package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A ParDo without state. Elements whose side inputs are not ready wait in a {@link PushbackBuffer};
 * those of a DoFn that requires stable input wait for a checkpoint, behind that.
 */
final class ParDoOperator implements DoFnOperator {
  private final DoFnHandle handle;
  private final DoFnRunner<Object, Object> runner;
  private final @Nullable PushbackBuffer pushback;

  /** If this is there, bundles are not the task's: each chunk of it is one. */
  private final @Nullable StableInput stable;

  private long processingTimeMillis = Timestamps.MIN_MILLIS;

  ParDoOperator(ParDo spec, OperatorContext context, Map<String, Output> outputs) {
    handle = new DoFnHandle(spec, context, outputs);
    stable =
        StableInput.of(
            DoFnSignatures.signatureForDoFn(handle.fn()), spec.transform(), spec.input(), context);
    pushback = context.pushback(spec, this::processReady);
    runner = handle.runner(OperatorContext.sideInputs(pushback), null, null);
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

  private void processReady(WindowedValue<Object> element, @Nullable EncodedKey key) {
    if (stable == null) {
      handle.process(runner, element);
    } else {
      stable.add(element, null);
    }
  }

  @Override
  public void finishBundle() {
    if (stable == null) {
      handle.call("@FinishBundle", runner::finishBundle);
    }
  }

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    processingTimeMillis = millis;
  }

  @Override
  public @Nullable PushbackBuffer sideInputs() {
    return pushback;
  }

  // ---- checkpoints and stable input ----

  @Override
  public void restore(RestoredOperator restored) {
    DoFnOperator.super.restore(restored);
    if (stable != null) {
      stable.restore();
    }
  }

  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    DoFnOperator.super.snapshot(checkpoint, snapshot);
    if (stable != null) {
      stable.endRound(checkpoint, StableInput.Reached.NOTHING, false);
    }
  }

  @Override
  public void checkpointCompleted(long checkpoint) {
    DoFnOperator.super.checkpointCompleted(checkpoint);
    if (stable != null) {
      stable.checkpointCompleted(checkpoint);
    }
  }

  @Override
  public boolean hasWorkLeft() {
    return stable != null && !stable.isEmpty();
  }

  @Override
  public boolean awaitsCheckpoint() {
    return hasWorkLeft() && !canResume();
  }

  @Override
  public boolean canResume() {
    return stable != null && stable.hasReleased();
  }

  /** Processes a bundle of stable input. */
  @Override
  public int resume() {
    if (stable == null) {
      return 0;
    }
    List<WindowedValue<Object>> bundle = stable.takeBundle();
    if (bundle == null) {
      stable.endRelease();
      return 1;
    }
    handle.call("@StartBundle", runner::startBundle);
    bundle.forEach(each -> handle.process(runner, each));
    handle.call("@FinishBundle", runner::finishBundle);
    return bundle.size();
  }
}
