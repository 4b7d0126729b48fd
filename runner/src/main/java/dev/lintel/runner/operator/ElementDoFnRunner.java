package dev.lintel.runner.operator;

import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.SystemDoFnInternal;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls the {@code @ProcessElement} method of a DoFn with arguments that are made once and used for
 * every element. Beam's own runner, which is left everything else, makes a context and a receiver
 * for each element, addresses and timers for each state, and two builders for each output: most of
 * what a simple pipeline allocates.
 *
 * <p>As in Beam's SDK harness, what a DoFn is given is of use during the call only.
 */
final class ElementDoFnRunner implements DoFnRunner<Object, Object> {
  private final DoFnRunner<Object, Object> rest;
  private final DoFnInvoker<Object, Object> invoker;
  private final ElementContext context;
  private final ElementArguments arguments;
  private final boolean observesWindow;
  private final boolean userCode;

  /**
   * @param rest Beam's runner of the same DoFn: for bundles, timers and windows that expire
   */
  ElementDoFnRunner(
      DoFnRunner<Object, Object> rest, ElementContext context, ElementArguments arguments) {
    DoFn<Object, Object> fn = rest.getFn();
    SideInputReader sideInputs = context.sideInputs();
    this.rest = rest;
    this.invoker = DoFnInvokers.invokerFor(fn);
    this.context = context;
    this.arguments = arguments;
    this.observesWindow =
        DoFnSignatures.signatureForDoFn(fn).processElement().observesWindow()
            || !sideInputs.isEmpty();
    this.userCode = !invoker.getClass().isAnnotationPresent(SystemDoFnInternal.class);
  }

  @Override
  public void processElement(WindowedValue<Object> element) {
    if (observesWindow && element.getWindows().size() != 1) {
      for (WindowedValue<Object> each : element.explodeWindows()) {
        process(each);
      }
    } else {
      process(element);
    }
  }

  private void process(WindowedValue<Object> element) {
    context.begin(element);
    try {
      invoker.invokeProcessElement(arguments);
    } catch (Exception e) {
      throw UserCodeException.wrapIf(userCode, e);
    } finally {
      context.end();
    }
  }

  @Override
  public DoFn<Object, Object> getFn() {
    return rest.getFn();
  }

  @Override
  public void startBundle() {
    rest.startBundle();
  }

  @Override
  public void finishBundle() {
    rest.finishBundle();
  }

  @Override
  public <K> void onTimer(
      String timerId,
      String timerFamilyId,
      @Nullable K key,
      BoundedWindow window,
      Instant timestamp,
      Instant outputTimestamp,
      TimeDomain timeDomain,
      CausedByDrain causedByDrain) {
    rest.onTimer(
        timerId, timerFamilyId, key, window, timestamp, outputTimestamp, timeDomain, causedByDrain);
  }

  @Override
  public <K> void onWindowExpiration(
      BoundedWindow window, Instant outputTimestamp, @Nullable K key) {
    rest.onWindowExpiration(window, outputTimestamp, key);
  }
}
