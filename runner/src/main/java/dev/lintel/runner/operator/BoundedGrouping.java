package dev.lintel.runner.operator;

import dev.lintel.runner.grouping.Aggregation;
import dev.lintel.runner.grouping.BoundedGroups;
import dev.lintel.runner.grouping.Group;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
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
  private final BoundedGroups groups;
  private final StepScope scope;
  private final Lateness lateness;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
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
    groups = new BoundedGroups(input.windowing(), aggregation, context.spill());
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    lateness = new Lateness(input.windowing(), container);
  }

  /** Whether a grouping's input is of the kind that is handled here. */
  static boolean handles(Collection input) {
    return input.bounded() && input.windowing().getTrigger() instanceof DefaultTrigger;
  }

  @Override
  public void preload(@Nullable EncodedKey[] keys, int count) {
    groups.preload(keys, count);
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey encodedKey) {
    EncodedKey key = OperatorContext.given(encodedKey, transform);
    KV<?, ?> kv = (KV<?, ?>) element.getValue();
    MetricsContainer before = scope.enter();
    try {
      for (BoundedWindow window : element.getWindows()) {
        if (!inputHasMoved
            || !lateness.drops(lateness.expiryMillis(window), inputWatermarkMillis)) {
          groups.add(key, window, element.getTimestamp(), kv.getValue());
        }
      }
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "grouping an element", e);
    } finally {
      scope.leave(before);
    }
  }

  @Override
  public void advanceInputWatermark(long millis) {
    if (ended) {
      return;
    }
    inputWatermarkMillis = millis;
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
            KV.of(context.decodeKey(transform, keyCoder, group.key()), groups.output(group)),
            groups.paneTimestamp(group),
            group.window(),
            PaneInfo.ON_TIME_AND_ONLY_FIRING));
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
