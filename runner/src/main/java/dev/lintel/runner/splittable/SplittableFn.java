package dev.lintel.runner.splittable;

import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.ProcessContinuation;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.splittabledofn.HasDefaultWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * A splittable DoFn as its operators call it. Elements travel together with their restriction and
 * the state of their watermark estimator, as {@code KV<InputT, KV<RestrictionT,
 * WatermarkEstimatorStateT>>}.
 *
 * <p><i>Ownership:</i> one operator. <i>Failure:</i> what the user's methods throw, as it is.
 */
public final class SplittableFn {
  private final DoFnInvoker<Object, Object> invoker;
  private final CallSettings settings;
  private final boolean hasEstimator;
  private final boolean explodesWindows;

  /**
   * @param fn a copy of the operator's own
   */
  public SplittableFn(DoFn<Object, Object> fn, CallSettings settings) {
    this.invoker = DoFnInvokers.invokerFor(fn);
    this.settings = settings;
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(fn);
    hasEstimator = signature.newWatermarkEstimator() != null;
    explodesWindows = settings.hasSideInputs() || observesWindow(signature);
  }

  private static boolean observesWindow(DoFnSignature signature) {
    DoFnSignature.GetInitialRestrictionMethod initial = signature.getInitialRestriction();
    DoFnSignature.SplitRestrictionMethod split = signature.splitRestriction();
    return signature.processElement().observesWindow()
        || (initial != null && initial.observesWindow())
        || (split != null && split.observesWindow());
  }

  /**
   * Pairs an element with its initial restriction, and splits that as the user wants it split. A
   * DoFn that sees windows gets the element once for each of its windows.
   */
  @SuppressWarnings("unchecked")
  public void split(
      WindowedValue<Object> element,
      Consumer<WindowedValue<KV<Object, KV<Object, @Nullable Object>>>> restricted) {
    if (explodesWindows && element.getWindows().size() > 1) {
      for (WindowedValue<Object> each :
          (Iterable<WindowedValue<Object>>) element.explodeWindows()) {
        splitInWindows(each, restricted);
      }
    } else {
      splitInWindows(element, restricted);
    }
  }

  private void splitInWindows(
      WindowedValue<Object> element,
      Consumer<WindowedValue<KV<Object, KV<Object, @Nullable Object>>>> restricted) {
    Object initial = invoker.invokeGetInitialRestriction(new RestrictionCall(settings, element));
    invoker.invokeSplitRestriction(
        new SplitCall(
            settings,
            element,
            initial,
            invoker,
            part -> {
              RestrictionCall call = new RestrictionCall(settings, element);
              call.restriction = part;
              Object state = invoker.invokeGetInitialWatermarkEstimatorState(call);
              restricted.accept(element.withValue(KV.of(element.getValue(), KV.of(part, state))));
            }));
  }

  /**
   * Lets the DoFn process an element until it is done, wants to be called again, or the slice is
   * over.
   *
   * @return null if it is done
   */
  public @Nullable Residual process(
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> restricted, Slice slice) {
    WindowedValue<Object> element = restricted.withValue(restricted.getValue().getKey());
    Object restriction = restricted.getValue().getValue().getKey();
    Object state = restricted.getValue().getValue().getValue();
    ProcessCall call = new ProcessCall(settings, element, slice);
    call.restriction = restriction;
    call.estimatorState = state;
    WatermarkEstimator<Object> estimator = invoker.invokeNewWatermarkEstimator(call);
    RestrictionTracker<Object, Object> tracker = invoker.invokeNewTracker(call);
    SlicedTracker sliced = new SlicedTracker(tracker, estimator, slice);
    call.begin(sliced, estimator);
    ProcessContinuation continuation = invoker.invokeProcessElement(call);
    if (continuation.shouldResume()) {
      if (sliced.hasClaimFailed()) {
        throw new IllegalStateException(
            "Expected @ProcessElement to return stop() after a claim has failed, but it returned"
                + " resume()");
      }
      sliced.splitOff();
    }
    tracker.checkDone();
    if (sliced.hasTriedToShare()) {
      SlicedTracker.Split shared = sliced.shared();
      slice.splitTried(
          shared == null ? null : with(restricted, shared.residual(), shared.estimatorState()));
    }
    SlicedTracker.Split split = sliced.split();
    return split == null
        ? null
        : new Residual(
            split.residual(),
            split.estimatorState(),
            watermark(element, state, split.watermark().getMillis()),
            continuation.shouldResume(),
            continuation.resumeDelay());
  }

  /**
   * Cuts an element's work short, for a job that is to end.
   *
   * @return null if nothing of it is left to do
   */
  public @Nullable WindowedValue<KV<Object, KV<Object, @Nullable Object>>> truncate(
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> restricted) {
    WindowedValue<Object> element = restricted.withValue(restricted.getValue().getKey());
    TruncateCall call = new TruncateCall(settings, element, invoker);
    call.restriction = restricted.getValue().getValue().getKey();
    Object state = restricted.getValue().getValue().getValue();
    RestrictionTracker.TruncateResult<Object> result = invoker.invokeTruncateRestriction(call);
    return result == null ? null : with(restricted, result.getTruncatedRestriction(), state);
  }

  /**
   * Before it has been processed at all, an element holds the watermark where its estimator begins.
   */
  public long initialWatermarkMillis(
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> restricted) {
    WindowedValue<Object> element = restricted.withValue(restricted.getValue().getKey());
    RestrictionCall call = new RestrictionCall(settings, element);
    call.restriction = restricted.getValue().getValue().getKey();
    call.estimatorState = restricted.getValue().getValue().getValue();
    WatermarkEstimator<Object> estimator = invoker.invokeNewWatermarkEstimator(call);
    return watermark(element, call.estimatorState, estimator.currentWatermark().getMillis());
  }

  /**
   * A DoFn without a watermark estimator emits nothing earlier than its element, like any other;
   * Beam's stand-in would say that it may emit anything, and hold the watermark back for good.
   */
  private long watermark(WindowedValue<Object> element, @Nullable Object state, long estimated) {
    long millis =
        hasEstimator || state instanceof HasDefaultWatermarkEstimator
            ? estimated
            : element.getTimestamp().getMillis();
    return Math.max(
        BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis(),
        Math.min(millis, BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()));
  }

  /** The element with the restriction that is left of it. */
  public static WindowedValue<KV<Object, KV<Object, @Nullable Object>>> left(
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> restricted, Residual residual) {
    return with(restricted, residual.restriction(), residual.estimatorState());
  }

  private static WindowedValue<KV<Object, KV<Object, @Nullable Object>>> with(
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> restricted,
      Object restriction,
      @Nullable Object estimatorState) {
    return restricted.withValue(
        KV.of(restricted.getValue().getKey(), KV.of(restriction, estimatorState)));
  }
}
