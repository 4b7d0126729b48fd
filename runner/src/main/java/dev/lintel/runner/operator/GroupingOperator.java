package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import dev.lintel.timers.FiredTimer;
import dev.lintel.translation.plan.Collection;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.triggers.ExecutableTriggerStateMachine;
import org.apache.beam.runners.core.triggers.TriggerStateMachines;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Grouping by key and window through Beam's {@link ReduceFnRunner}: GroupByKey, Combine.perKey and
 * the gathering of side inputs differ in how they read an element ({@link Grouping}) and what they
 * emit.
 */
final class GroupingOperator extends KeyedOperator {
  private final Grouping grouping;
  private final Output output;
  private final WindowingStrategy<?, BoundedWindow> windowing;
  private final ExecutableTriggerStateMachine trigger;
  private final StepScope scope;
  private final Lateness lateness;

  /**
   * What is particular to one kind of grouping.
   *
   * @param keyCoder of the decoded keys
   * @param reduceFn buffers or combines the values
   * @param keyed elements and output are {@code KV}s; otherwise elements are values of the one key
   *     null, and output is just what the reduce function made of them
   */
  record Grouping(
      Coder<?> keyCoder,
      SystemReduceFn<Object, Object, ?, Object, BoundedWindow> reduceFn,
      boolean keyed) {}

  @SuppressWarnings("unchecked")
  GroupingOperator(
      String transform,
      Collection input,
      Grouping grouping,
      OperatorContext context,
      Output output) {
    super(transform, input.windowing().getWindowFn().windowCoder(), context);
    this.grouping = grouping;
    this.output = output;
    windowing = (WindowingStrategy<?, BoundedWindow>) input.windowing();
    RunnerApi.Trigger triggerProto = TriggerTranslation.toProto(windowing.getTrigger());
    trigger =
        ExecutableTriggerStateMachine.create(
            TriggerStateMachines.stateMachineForTrigger(triggerProto));
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    lateness = new Lateness(windowing, container);
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey encodedKey) {
    EncodedKey key = OperatorContext.given(encodedKey, transform);
    Object decoded = null;
    Object value = element.getValue();
    if (grouping.keyed) {
      KV<?, ?> kv = (KV<?, ?>) element.getValue();
      decoded = kv.getKey();
      value = kv.getValue();
    }
    List<WindowedValue<Object>> inTime = dropLate(element, value);
    if (inTime.isEmpty()) {
      return;
    }
    MetricsContainer before = scope.enter();
    try {
      ReduceFnRunner<Object, Object, Object, BoundedWindow> runner = runner(key, decoded);
      runner.processElements(inTime);
      runner.persist();
    } catch (Exception | Error e) {
      throw context.fail(transform, "grouping an element", e);
    } finally {
      scope.leave(before);
    }
  }

  private List<WindowedValue<Object>> dropLate(WindowedValue<?> element, Object value) {
    List<WindowedValue<Object>> inTime = new ArrayList<>(element.getWindows().size());
    long inputWatermarkMillis = timers.currentInputWatermarkTime().getMillis();
    for (BoundedWindow window : element.getWindows()) {
      if (!lateness.drops(lateness.expiryMillis(window), inputWatermarkMillis)) {
        inTime.add(WindowedValues.of(value, element.getTimestamp(), window, element.getPaneInfo()));
      }
    }
    return inTime;
  }

  private ReduceFnRunner<Object, Object, Object, BoundedWindow> runner(
      EncodedKey key, @Nullable Object decoded) {
    setCurrentKey(key, decoded);
    return new ReduceFnRunner<>(
        decoded,
        windowing,
        trigger,
        state,
        timers,
        this::emit,
        NullSideInputReader.empty(),
        grouping.reduceFn,
        context.options());
  }

  private void emit(WindowedValue<KV<Object, Object>> grouped) {
    output.emit(grouping.keyed ? grouped : grouped.withValue(grouped.getValue().getValue()));
  }

  @Override
  public void fireDueTimer() {
    FiredTimer fired = takeDueTimer();
    MetricsContainer before = scope.enter();
    try {
      Object key =
          grouping.keyed ? context.decodeKey(transform, grouping.keyCoder, fired.key()) : null;
      ReduceFnRunner<Object, Object, Object, BoundedWindow> runner = runner(fired.key(), key);
      runner.onTimers(List.of(fired.timer()));
      runner.persist();
      deleteTimerAfterExpiry(fired.timer());
    } catch (Exception | Error e) {
      throw context.fail(transform, "firing a pane", e);
    } finally {
      scope.leave(before);
    }
  }

  /**
   * Beam's runner closes an expired window at any timer of it, and would do so again, with one more
   * empty pane, at the next one. It relies on getting all in one call. There are at most two that
   * matter: at the end of the window, and at its expiry, which comes after it, or before it if the
   * window reaches beyond the end of time.
   */
  private void deleteTimerAfterExpiry(TimerData fired) {
    if (fired.getDomain() == TimeDomain.EVENT_TIME
        && fired.getNamespace() instanceof WindowNamespace<?> namespace) {
      Instant expiry = new Instant(lateness.expiryMillis(namespace.getWindow()));
      Instant end = namespace.getWindow().maxTimestamp();
      Instant last = expiry.isAfter(end) ? expiry : end;
      if (fired.getTimestamp().isBefore(last)
          && expiry.isBefore(timers.currentInputWatermarkTime())) {
        timers.deleteTimer(
            TimerData.of(namespace, last, last, TimeDomain.EVENT_TIME, CausedByDrain.NORMAL));
      }
    }
  }
}
