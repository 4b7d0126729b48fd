package dev.lintel.runner.operator;

import dev.lintel.runner.grouping.Aggregation;
import dev.lintel.runner.grouping.BoundedGroups;
import dev.lintel.runner.grouping.Group;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Grouping by key and window of a bounded input with the default trigger: everything is gathered,
 * in memory and on disk, and when the input has ended each key and window has its one pane. There
 * is no durable state and no timer.
 *
 * <p>What it emits can't be told from {@link GroupingOperator}'s, if that one's output watermark
 * stands still until the end of the input. An element that has expired by the input's watermark is
 * dropped, as it is there.
 */
final class BoundedGrouping implements StreamOperator {
  private final String transform;
  private final OperatorContext context;
  private final Coder<Object> keyCoder;
  private final Output output;
  private final WindowingStrategy<?, ?> windowing;
  private final BoundedGroups groups;
  private final StepScope scope;
  private final Counter droppedDueToLateness;
  private Instant inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private boolean inputHasMoved;
  private boolean ended;

  /** The group that is to be fired next, once the input has ended. */
  private @Nullable Group next;

  BoundedGrouping(
      String transform,
      Collection input,
      Coder<Object> keyCoder,
      Aggregation aggregation,
      OperatorContext context,
      Output output) {
    this.transform = transform;
    this.context = context;
    this.keyCoder = keyCoder;
    this.output = output;
    windowing = input.windowing();
    groups = new BoundedGroups(windowing, aggregation, context.spill());
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    droppedDueToLateness =
        container.getCounter(
            MetricName.named(
                LateDataDroppingDoFnRunner.class,
                LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS));
  }

  /** Whether a grouping's input is of the kind that is handled here. */
  static boolean handles(Collection input) {
    return input.bounded() && input.windowing().getTrigger() instanceof DefaultTrigger;
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    if (key == null) {
      throw new IllegalStateException("Expected an encoded key beside each input of " + transform);
    }
    KV<?, ?> kv = (KV<?, ?>) element.getValue();
    MetricsContainer before = scope.enter();
    try {
      for (BoundedWindow window : element.getWindows()) {
        if (inputHasMoved && isLate(window)) {
          droppedDueToLateness.inc();
        } else {
          groups.add(key, window, element.getTimestamp(), kv.getValue());
        }
      }
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "grouping an element", e);
    } finally {
      scope.leave(before);
    }
  }

  private boolean isLate(BoundedWindow window) {
    return LateDataUtils.garbageCollectionTime(window, windowing).isBefore(inputWatermark);
  }

  @Override
  public void advanceInputWatermark(long millis) {
    if (ended) {
      return;
    }
    inputWatermark = Instant.ofEpochMilli(millis);
    inputHasMoved = millis > Timestamps.MIN_MILLIS;
    if (millis >= Timestamps.MAX_MILLIS) {
      ended = true;
      MetricsContainer before = scope.enter();
      try {
        groups.finish();
        next = groups.next();
      } catch (Exception | Error e) {
        throw context.fail(transform, "bringing groups together", e);
      } finally {
        scope.leave(before);
      }
    }
  }

  @Override
  public boolean hasDueTimer() {
    return next != null;
  }

  /** Emits one pane. */
  @Override
  public void fireDueTimer() {
    Group group = next;
    if (group == null) {
      throw new IllegalStateException("Expected a group of " + transform + " to be left");
    }
    MetricsContainer before = scope.enter();
    try {
      firePane(group);
      next = groups.next();
    } catch (Exception | Error e) {
      throw context.fail(transform, "firing a pane", e);
    } finally {
      scope.leave(before);
    }
    if (next == null) {
      groups.close();
    }
  }

  private void firePane(Group group) {
    output.emit(
        WindowedValues.of(
            KV.of(decodeKey(group.key()), groups.output(group)),
            groups.paneTimestamp(group),
            group.window(),
            PaneInfo.ON_TIME_AND_ONLY_FIRING));
  }

  private Object decodeKey(byte[] key) {
    try {
      return CoderUtils.decodeFromByteArray(keyCoder, key, Coder.Context.NESTED);
    } catch (Exception | Error e) {
      throw context.fail(transform, "decoding a key with " + keyCoder, e);
    }
  }

  /** Panes that are to come hold the watermark. */
  @Override
  public long nextEventTimeMillis() {
    return ended && next == null ? Long.MAX_VALUE : groups.earliestPaneMillis();
  }

  @Override
  public void close() {
    groups.close();
  }
}
