package dev.lintel.runner.operator;

import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.watermark.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.triggers.ExecutableTriggerStateMachine;
import org.apache.beam.runners.core.triggers.TriggerStateMachines;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.AppliedCombineFn;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a grouping has to emit: Beam's {@link ReduceFnRunner} on Beam's own state and timers in
 * memory, for each key by itself, all due timers of a window in one call.
 *
 * <p>The DirectRunner gives all of a key in one call. Then the windows take their turns by their
 * hash codes, and a merged-away window that comes first clears the hold of the one it is part of.
 */
final class DrivenReduceFn extends DrivenGrouping {
  private final WindowingStrategy<?, BoundedWindow> windowing;
  private final SystemReduceFn<String, Integer, ?, Object, BoundedWindow> reduceFn;
  private final ExecutableTriggerStateMachine trigger;
  private final Map<String, Keyed> keys = new HashMap<>();
  private Instant inputWatermark = new Instant(Timestamps.MIN_MILLIS);
  private Instant outputWatermark = new Instant(Timestamps.MIN_MILLIS);
  private Instant processingTime = new Instant(Timestamps.MIN_MILLIS);
  private final TaskMetrics metrics = new TaskMetrics();
  private final StepScope scope = new StepScope(metrics.container("Beam"));
  private long dropped;

  @SuppressWarnings("unchecked")
  DrivenReduceFn(WindowingStrategy<?, ?> windowing, boolean combining) {
    this.windowing = (WindowingStrategy<?, BoundedWindow>) windowing;
    SystemReduceFn<String, Integer, ?, ?, BoundedWindow> fn =
        combining
            ? SystemReduceFn.combining(
                KEY_CODER, AppliedCombineFn.withAccumulatorCoder(new Collect(), ACCUMULATOR_CODER))
            : SystemReduceFn.buffering(VarIntCoder.of());
    trigger =
        ExecutableTriggerStateMachine.create(
            TriggerStateMachines.stateMachineForTrigger(
                TriggerTranslation.toProto(windowing.getTrigger())));
    reduceFn = (SystemReduceFn<String, Integer, ?, Object, BoundedWindow>) fn;
  }

  @Override
  void process(WindowedValue<KV<String, Integer>> element) {
    List<WindowedValue<Integer>> inTime = new ArrayList<>();
    for (BoundedWindow window : element.getWindows()) {
      if (LateDataUtils.garbageCollectionTime(window, windowing).isBefore(inputWatermark)) {
        dropped++;
      } else {
        inTime.add(
            WindowedValues.of(
                element.getValue().getValue(),
                element.getTimestamp(),
                window,
                element.getPaneInfo()));
      }
    }
    if (!inTime.isEmpty()) {
      Keyed keyed = keys.computeIfAbsent(element.getValue().getKey(), Keyed::new);
      keyed.run(runner -> runner.processElements(inTime));
    }
    moveOutputWatermark();
  }

  @Override
  void advanceWatermark(long millis) {
    inputWatermark = new Instant(millis);
    keys.values().forEach(Keyed::setClocks);
  }

  @Override
  void advanceProcessingTime(long millis) {
    processingTime = new Instant(millis);
    keys.values().forEach(Keyed::setClocks);
  }

  @Override
  void fire() {
    for (Keyed each : keys.values()) {
      each.fireAll(each.timers::removeNextEventTimer);
      each.fireAll(each.timers::removeNextProcessingTimer);
      each.fireAll(each.timers::removeNextSynchronizedProcessingTimer);
    }
    moveOutputWatermark();
  }

  private void moveOutputWatermark() {
    Instant min = inputWatermark;
    for (Keyed each : keys.values()) {
      min = each.held.isBefore(min) ? each.held : min;
    }
    outputWatermark = min.isAfter(outputWatermark) ? min : outputWatermark;
    keys.values().forEach(Keyed::setClocks);
  }

  private static Instant earlier(Instant a, @Nullable Instant b) {
    return b != null && b.isBefore(a) ? b : a;
  }

  @Override
  long outputWatermarkMillis() {
    return outputWatermark.getMillis();
  }

  @Override
  long dropped() {
    return dropped + counted(metrics);
  }

  /** Something to do with a runner. */
  private interface Work {
    void run(ReduceFnRunner<String, Integer, Object, BoundedWindow> runner) throws Exception;
  }

  /** State that tells its earliest hold. */
  private static final class HeldState extends InMemoryStateInternals<String> {
    HeldState(String key) {
      super(key);
    }

    @Nullable Instant earliestHold() {
      Instant min = null;
      for (State each : inMemoryState.values()) {
        if (each instanceof WatermarkHoldState hold) {
          Instant held = hold.read();
          min = held != null && (min == null || held.isBefore(min)) ? held : min;
        }
      }
      return min;
    }
  }

  /** One key. */
  private final class Keyed {
    private final String key;
    private final HeldState state;
    private final InMemoryTimerInternals timers = new InMemoryTimerInternals();

    /** Its earliest hold or event-time timer. */
    private Instant held = BoundedWindow.TIMESTAMP_MAX_VALUE;

    Keyed(String key) {
      this.key = key;
      state = new HeldState(key);
      setClocks();
    }

    void setClocks() {
      try {
        timers.advanceInputWatermark(inputWatermark);
        timers.advanceOutputWatermark(outputWatermark);
        timers.advanceProcessingTime(processingTime);
        timers.advanceSynchronizedProcessingTime(processingTime);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    /** All due timers, the windows in the order of their first. */
    void fireAll(Supplier<@Nullable TimerData> next) {
      while (true) {
        Map<StateNamespace, List<TimerData>> due = new LinkedHashMap<>();
        for (TimerData timer = next.get(); timer != null; timer = next.get()) {
          due.computeIfAbsent(timer.getNamespace(), any -> new ArrayList<>()).add(timer);
        }
        if (due.isEmpty()) {
          return;
        }
        due.values().forEach(each -> run(runner -> runner.onTimers(each)));
      }
    }

    void run(Work work) {
      ReduceFnRunner<String, Integer, Object, BoundedWindow> runner =
          new ReduceFnRunner<>(
              key,
              windowing,
              trigger,
              state,
              timers,
              DrivenReduceFn.this::take,
              NullSideInputReader.empty(),
              reduceFn,
              OPTIONS);
      MetricsContainer before = scope.enter();
      try {
        work.run(runner);
        runner.persist();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      } finally {
        scope.leave(before);
      }
      held = earlier(BoundedWindow.TIMESTAMP_MAX_VALUE, state.earliestHold());
      held = earlier(held, timers.getNextTimer(TimeDomain.EVENT_TIME));
    }
  }
}
