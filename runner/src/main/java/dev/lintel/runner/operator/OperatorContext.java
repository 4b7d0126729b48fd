package dev.lintel.runner.operator;

import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.sideinput.RestoredPanes;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.splittable.Slice;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.TaskState;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.translation.plan.Operator;
import java.util.function.Supplier;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * What an operator gets from its task.
 *
 * @param stateOnDemand opens the task's durable state at the first call: a task whose operators
 *     keep none has none
 * @param holds the task's holds, which keep its output watermark back
 * @param spill for what is gathered without durable state
 * @param slotKey a key whose group belongs to the task: the address of operator state that has no
 *     key of the user's
 * @param sliceLimits how long a splittable DoFn goes on with one element
 * @param checkpointed checkpoints are taken: whatever has to survive is in the task's state or
 *     given to {@link StreamOperator#snapshot}, and what waits for a bundle to be durable waits for
 *     {@link StreamOperator#checkpointCompleted}
 * @param restoredPanes what the job's checkpoint has of side inputs
 * @param gears how groupings keep what they have in the task's state
 * @param failures is told of each failure at once, in case user code above swallows the exception
 */
public record OperatorContext(
    PipelineOptions options,
    Supplier<TaskState> stateOnDemand,
    HoldListener holds,
    TaskMetrics metrics,
    SpillSpace spill,
    EncodedKey slotKey,
    Slice.Limits sliceLimits,
    boolean checkpointed,
    JobPlace place,
    RestoredPanes restoredPanes,
    KeptGears gears,
    FailureListener failures) {

  /** The task's durable state. */
  TaskState state() {
    return stateOnDemand.get();
  }

  /**
   * The side inputs of an operator; null if it has none.
   *
   * @param ready takes an element whose side inputs are ready
   */
  @Nullable PushbackBuffer pushback(Operator spec, PushbackBuffer.Ready ready) {
    return spec.sideInputs().isEmpty()
        ? null
        : new PushbackBuffer(
            spec.transform(),
            spec.inputs().get(0),
            spec.sideInputs(),
            new PushbackBuffer.Context(stateOnDemand, holds, slotKey, metrics, restoredPanes),
            ready);
  }

  /** The encoded key that an exchange by key gives with each element. */
  static EncodedKey given(@Nullable EncodedKey key, String transform) {
    if (key == null) {
      throw new IllegalStateException("Expected an encoded key beside each input of " + transform);
    }
    return key;
  }

  /** What a DoFn reads its side inputs from. */
  static SideInputReader sideInputs(@Nullable PushbackBuffer pushback) {
    return pushback == null ? NullSideInputReader.empty() : pushback.reader();
  }

  /** Is told that an operator failed. */
  @FunctionalInterface
  public interface FailureListener {
    void failed(OperatorException failure);
  }

  /** A key as the user knows it: for what is due, whose elements are gone. */
  Object decodeKey(String transform, Coder<?> keyCoder, EncodedKey key) {
    try {
      return keyCoder.decode(new ByteReader(key.bytes()));
    } catch (Exception | Error e) {
      throw fail(transform, "decoding a key with " + keyCoder, e);
    }
  }

  /** Reports a failure, and returns it for throwing. */
  OperatorException fail(String transform, String doing, Throwable cause) {
    OperatorException failure = OperatorException.of(transform, doing, cause);
    failures.failed(failure);
    return failure;
  }
}
