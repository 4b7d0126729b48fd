package dev.lintel.runner.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * What a task begins with when the job goes on from a checkpoint. Its state has been opened from it
 * already.
 *
 * @param inputWatermarkMillis no element that was late at the checkpoint is in time after it
 * @param operators by transform; an operator that the checkpoint knows nothing of is absent
 * @param inFlight what was on its way
 */
public record RestoredTask(
    long inputWatermarkMillis,
    long outputWatermarkMillis,
    Map<String, RestoredOperator> operators,
    List<InFlight> inFlight) {

  /**
   * Elements that were on their way to one input of a task, in their order.
   *
   * @param input the consuming transform and the collection, by their names
   * @param ownSlot it was this task's; otherwise it may have elements whose keys are now this
   *     task's
   * @param elements as the task had encoded them
   */
  public record InFlight(String input, boolean ownSlot, byte[] elements) {}
}
