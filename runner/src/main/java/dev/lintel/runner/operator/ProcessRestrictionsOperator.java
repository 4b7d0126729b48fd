package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.splittable.Residual;
import dev.lintel.runner.splittable.Slice;
import dev.lintel.runner.splittable.SplittableFn;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.timers.FiredTimer;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The second half of a splittable ParDo: processes elements with their restrictions, a {@link
 * Slice} a bundle.
 *
 * <p>What is left of an element is kept in state under a key that the task makes up, one of its own
 * key groups, with a processing-time timer for when to go on. The timer's output timestamp is the
 * watermark of what is left, and so holds the task's. An element that comes when the bundle's slice
 * is over is kept in the same way, as a whole.
 */
final class ProcessRestrictionsOperator extends KeyedOperator implements DoFnOperator, WorkSharer {
  /** No input is taken while so many elements could be gone on with at once. */
  private static final int READY_MAX = 1_000;

  private static final String RESUME_AT_ONCE = "resume-at-once";
  private static final String RESUME_LATER = "resume-later";
  private static final String RESUME_TRUNCATED = "resume-truncated";
  private static final StateNamespace NAMESPACE = StateNamespaces.global();

  private final boolean bounded;
  private final DoFnHandle handle;
  private final DoFnRunner<Object, Object> bundles;
  private final SplittableFn fn;
  private final Slice slice;
  private final @Nullable PushbackBuffer pushback;
  private final StateTag<ValueState<WindowedValue<KV<Object, KV<Object, @Nullable Object>>>>>
      workTag;

  /**
   * The ends of the windows of the work that is kept: it will ask for side inputs again, however
   * late it says that its output is.
   */
  private final WatermarkHolds windowsNeeded = new WatermarkHolds();

  private long nextKey;
  private int ready;
  private boolean draining;
  private long clockMillis = Timestamps.MIN_MILLIS;

  @SuppressWarnings("unchecked")
  ProcessRestrictionsOperator(
      Operator.ProcessRestrictions spec, OperatorContext context, Map<String, Output> outputs) {
    super(spec.transform(), windowCoder(spec.input()), context);
    bounded = spec.bounded();
    handle = new DoFnHandle(spec.parDo(), context, outputs);
    pushback = context.pushback(spec, this::processReady);
    SideInputReader sideInputs = OperatorContext.sideInputs(pushback);
    bundles = handle.bundleRunner(sideInputs);
    fn = handle.splittable(sideInputs);
    slice = new Slice(context.sliceLimits());
    workTag =
        StateTags.value(
            "work",
            WindowedValues.getFullCoder(
                (Coder<KV<Object, KV<Object, @Nullable Object>>>) spec.input().coder(),
                windowCoder(spec.input())));
    // A step from the beginning of time, so that what is due at once is before it.
    advanceProcessingTime(Timestamps.MIN_MILLIS + 1, Timestamps.MIN_MILLIS);
  }

  @SuppressWarnings("unchecked")
  private static Coder<BoundedWindow> windowCoder(Collection input) {
    return (Coder<BoundedWindow>) input.windowing().getWindowFn().windowCoder();
  }

  @Override
  public DoFnHandle handle() {
    return handle;
  }

  @Override
  public Instant processingTime() {
    return timers.currentProcessingTime();
  }

  @Override
  public void startBundle() {
    slice.begin();
    handle.call("@StartBundle", bundles::startBundle);
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

  @SuppressWarnings("unchecked")
  private void processReady(WindowedValue<Object> element, @Nullable EncodedKey key) {
    WindowedValue<KV<Object, KV<Object, @Nullable Object>>> work =
        (WindowedValue<KV<Object, KV<Object, @Nullable Object>>>) (WindowedValue<?>) element;
    if (slice.isOver()) {
      handle.call(
          "@NewWatermarkEstimator",
          () -> keep(newKey(), RESUME_AT_ONCE, work, fn.initialWatermarkMillis(work), 0));
    } else {
      goOn(work, null, false);
    }
  }

  /**
   * Processes a slice and keeps what is left. A job that drains has the work truncated first, once,
   * and keeps nothing that the DoFn would do later.
   *
   * @param key where the work was kept; null if it has not been kept before
   */
  private void goOn(
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> work,
      @Nullable EncodedKey key,
      boolean truncated) {
    WindowedValue<KV<Object, KV<Object, @Nullable Object>>> toDo =
        draining && !truncated
            ? handle.compute("@TruncateRestriction", () -> fn.truncate(work))
            : work;
    Residual residual =
        toDo == null ? null : handle.compute("@ProcessElement", () -> fn.process(toDo, slice));
    if (toDo != null && residual != null && !(draining && residual.asked())) {
      long delayMillis = residual.resumeDelay().getMillis();
      String timerId = delayMillis > 0 ? RESUME_LATER : RESUME_AT_ONCE;
      keep(
          key == null ? newKey() : key,
          draining ? RESUME_TRUNCATED : timerId,
          SplittableFn.left(toDo, residual),
          residual.watermarkMillis(),
          delayMillis);
    }
  }

  private void keep(
      EncodedKey key,
      String timerId,
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> work,
      long watermarkMillis,
      long delayMillis) {
    setCurrentKey(key, null);
    state.state(NAMESPACE, workTag).write(work);
    long dueMillis = delayMillis > 0 ? clockMillis + delayMillis : clockMillis - 1;
    timers.setTimer(
        NAMESPACE,
        timerId,
        "",
        new Instant(dueMillis),
        new Instant(watermarkMillis),
        TimeDomain.PROCESSING_TIME);
    if (timerId.equals(RESUME_AT_ONCE)) {
      ready++;
    }
    if (pushback != null) {
      windowsNeeded.holdAdded(windowEndMillis(work));
    }
  }

  /** Of one of its windows: a DoFn with side inputs gets one window at a time. */
  private static long windowEndMillis(WindowedValue<?> work) {
    return work.getWindows().iterator().next().maxTimestamp().getMillis();
  }

  private EncodedKey newKey() {
    while (true) {
      EncodedKey key = new EncodedKey(ByteBuffer.allocate(Long.BYTES).putLong(nextKey++).array());
      int group = KeyGroups.groupOf(key, context.state().maxParallelism());
      if (context.state().keyGroups().contains(group)) {
        return key;
      }
    }
  }

  @Override
  public boolean takesInput() {
    return ready < READY_MAX;
  }

  @Override
  public boolean hasWorkLeft() {
    return timers.hasProcessingTimers();
  }

  @Override
  public boolean canResume() {
    return timers.nextProcessingTimeMillis() < clockMillis || (draining && hasWorkLeft());
  }

  /** Goes on with what is left, the longest due first, until the slice is over. */
  @Override
  public int resume() {
    int before = slice.outputs();
    int resumed = 0;
    while (canResume() && !slice.isOver()) {
      if (draining) {
        skipResumeDelay();
      }
      Next next = takeNext();
      goOn(next.work, next.key, next.timerId.equals(RESUME_TRUNCATED));
      resumed++;
    }
    return resumed + slice.outputs() - before;
  }

  /** Work that can be gone on with, and is no longer kept. */
  private record Next(
      EncodedKey key,
      String timerId,
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> work) {}

  private Next takeNext() {
    FiredTimer due = takeDueTimer();
    String timerId = due.timer().getTimerId();
    if (timerId.equals(RESUME_AT_ONCE)) {
      ready--;
    }
    EncodedKey key = due.key();
    WindowedValue<KV<Object, KV<Object, @Nullable Object>>> work = kept(key);
    state.state(NAMESPACE, workTag).clear();
    if (pushback != null) {
      windowsNeeded.holdRemoved(windowEndMillis(work));
    }
    return new Next(key, timerId, work);
  }

  private WindowedValue<KV<Object, KV<Object, @Nullable Object>>> kept(EncodedKey key) {
    setCurrentKey(key, null);
    WindowedValue<KV<Object, KV<Object, @Nullable Object>>> work =
        state.state(NAMESPACE, workTag).read();
    if (work == null) {
      throw new IllegalStateException(
          "Expected work of " + transform + " under " + key + ", but there is none");
    }
    return work;
  }

  @Override
  public void drain() {
    draining = true;
  }

  @Override
  public void skipResumeDelay() {
    if (hasWorkLeft()) {
      long nextMillis = Math.max(clockMillis, timers.nextProcessingTimeMillis() + 1);
      advanceProcessingTime(nextMillis, nextMillis);
    }
  }

  /** What is left is gone on with by {@link #resume}. */
  @Override
  public boolean hasDueTimer() {
    return false;
  }

  @Override
  public void finishBundle() {
    handle.call("@FinishBundle", bundles::finishBundle);
  }

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    clockMillis = Math.max(clockMillis, millis);
    super.advanceProcessingTime(millis, synchronizedMillis);
  }

  @Override
  public @Nullable PushbackBuffer sideInputs() {
    return pushback;
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    super.advanceOutputWatermark(millis);
    if (pushback != null) {
      pushback.expire(Math.min(millis, windowsNeeded.min()));
    }
  }

  // ---- checkpoints ----

  /** Finds again what is kept, and goes on numbering behind it. */
  @Override
  public void restore(RestoredOperator restored) {
    DoFnOperator.super.restore(restored);
    timers.forEach(this::restore);
  }

  private void restore(FiredTimer kept) {
    nextKey = Math.max(nextKey, new ByteReader(kept.key().bytes()).fixed64() + 1);
    if (kept.timer().getTimerId().equals(RESUME_AT_ONCE)) {
      ready++;
    }
    if (pushback != null) {
      windowsNeeded.holdAdded(windowEndMillis(kept(kept.key())));
    }
  }

  /** What is on offer to another slot, and not taken yet, is kept like any other work. */
  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    WindowedValue<KV<Object, KV<Object, @Nullable Object>>> onOffer = slice.takeSplitOff();
    if (onOffer != null) {
      keep(newKey(), RESUME_AT_ONCE, onOffer, Timestamps.MIN_MILLIS, 0);
    }
    DoFnOperator.super.snapshot(checkpoint, snapshot);
  }

  // ---- sharing ----

  @Override
  public boolean mayShare() {
    return bounded;
  }

  @Override
  public void beginSharing() {
    context.holds().holdAdded(Timestamps.MIN_MILLIS);
  }

  @Override
  public void endSharing() {
    context.holds().holdRemoved(Timestamps.MIN_MILLIS);
  }

  @Override
  public void requestWork() {
    slice.wantSplit();
  }

  @Override
  public void withdrawRequest() {
    slice.wantNoSplit();
  }

  /** Half of the element that was worked on last, if it can be split; or else one that waits. */
  @Override
  public @Nullable List<WindowedValue<?>> offerWork() {
    WindowedValue<?> splitOff = slice.takeSplitOff();
    if (splitOff == null && slice.wantsSplit() && timers.count() <= 1) {
      return null;
    }
    slice.wantNoSplit();
    if (splitOff != null) {
      return List.of(splitOff);
    }
    return timers.count() > 1 && canResume() ? List.of(takeNext().work()) : List.of();
  }

  @Override
  public void takeWork(List<WindowedValue<?>> work) {
    for (WindowedValue<?> each : work) {
      @SuppressWarnings("unchecked")
      WindowedValue<KV<Object, KV<Object, @Nullable Object>>> part =
          (WindowedValue<KV<Object, KV<Object, @Nullable Object>>>) each;
      keep(newKey(), RESUME_AT_ONCE, part, Timestamps.MIN_MILLIS, 0);
    }
  }
}
