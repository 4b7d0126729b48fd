package dev.lintel.runner.operator;

import java.util.Collection;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StatefulDoFnRunner.CleanupTimer;
import org.apache.beam.runners.core.StatefulDoFnRunner.StateCleaner;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/**
 * When and how a stateful DoFn's state of one key and window is cleaned up: by a timer one
 * millisecond after the window has expired, so that the user's own timers of that window have fired
 * before.
 *
 * <p>The global window expires with the pipeline, and its state goes with the task: it needs a
 * timer only where the DoFn has something to do at that moment (an {@code @OnWindowExpiration}
 * method, or a sorted input to flush). The clean-up timer holds the watermark only for
 * {@code @OnWindowExpiration}, which may still emit.
 */
final class WindowCleanup implements CleanupTimer<Object>, StateCleaner<BoundedWindow> {
  private static final String TIMER_ID = "lintel-window-cleanup";

  private final WindowingStrategy<?, ?> windowing;
  private final StateInternals state;
  private final TimerInternals timers;
  private final Coder<BoundedWindow> windowCoder;
  private final Collection<StateTag<? extends State>> tags;
  private final boolean emitsOnExpiration;
  private final boolean sortsInput;

  @SuppressWarnings("unchecked")
  WindowCleanup(
      DoFn<?, ?> fn,
      DoFnSignature signature,
      WindowingStrategy<?, ?> windowing,
      StateInternals state,
      TimerInternals timers) {
    this.windowing = windowing;
    this.state = state;
    this.timers = timers;
    windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    emitsOnExpiration = signature.onWindowExpiration() != null;
    sortsInput = signature.processElement().requiresTimeSortedInput();
    tags = ElementState.tags(fn, signature).values();
  }

  @Override
  public void setForWindow(Object input, BoundedWindow window) {
    if (window instanceof GlobalWindow && !emitsOnExpiration && !sortsInput) {
      return;
    }
    Instant expiry = expiry(window);
    timers.setTimer(
        StateNamespaces.window(windowCoder, window),
        TIMER_ID,
        "",
        expiry,
        emitsOnExpiration ? window.maxTimestamp() : expiry,
        TimeDomain.EVENT_TIME);
  }

  private Instant expiry(BoundedWindow window) {
    return LateDataUtils.garbageCollectionTime(window, windowing).plus(1);
  }

  @Override
  public boolean isForWindow(
      String timerId, BoundedWindow window, Instant timestamp, TimeDomain timeDomain) {
    return timeDomain == TimeDomain.EVENT_TIME && TIMER_ID.equals(timerId);
  }

  @Override
  public void clearForWindow(BoundedWindow window) {
    StateNamespace namespace = StateNamespaces.window(windowCoder, window);
    for (StateTag<? extends State> tag : tags) {
      state.state(namespace, tag).clear();
    }
  }
}
