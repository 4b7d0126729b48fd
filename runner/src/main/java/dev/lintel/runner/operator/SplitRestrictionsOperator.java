package dev.lintel.runner.operator;

import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.sideinput.SideInputPanes;
import dev.lintel.runner.splittable.SplittableFn;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator;
import java.util.Map;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The first half of a splittable ParDo: each element with its initial restriction, split into the
 * parts that can be processed side by side.
 */
final class SplitRestrictionsOperator implements StreamOperator {
  private final DoFnHandle handle;
  private final SplittableFn fn;
  private final Output output;
  private final @Nullable PushbackBuffer pushback;

  SplitRestrictionsOperator(
      Operator.SplitRestrictions spec, OperatorContext context, Output output) {
    this.output = output;
    handle = new DoFnHandle(spec.parDo(), context, Map.of());
    SideInputPanes sideInputs = new SideInputPanes(spec.sideInputs());
    fn = handle.splittable(sideInputs);
    pushback =
        spec.sideInputs().isEmpty()
            ? null
            : new PushbackBuffer(
                spec.transform(), spec.parDo().input(), sideInputs, context.pushback());
  }

  @Override
  public void open() {
    handle.open();
  }

  @Override
  @SuppressWarnings("unchecked")
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    if (pushback == null) {
      processReady((WindowedValue<Object>) element);
    } else {
      pushback.process((WindowedValue<Object>) element, this::processReady);
    }
  }

  private void processReady(WindowedValue<Object> element) {
    handle.call("@SplitRestriction", () -> fn.split(element, output::emit));
  }

  @Override
  public void close() {
    handle.close();
  }

  @Override
  public @Nullable PushbackBuffer sideInputs() {
    return pushback;
  }

  @Override
  public void processReadyElements() {
    if (pushback != null) {
      pushback.replayReady(this::processReady);
    }
  }
}
