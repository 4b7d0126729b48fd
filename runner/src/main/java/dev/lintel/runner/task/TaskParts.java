package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.exchange.Outbox;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.operator.SourceReader;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.timers.WatermarkHolds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task is made of.
 *
 * @param source the root that it reads, if it has one
 * @param operators in the order of the stage, with no place for the source
 * @param transforms their names, and that of the source at its index
 * @param place which task it is, for its snapshots
 * @param hasSiblings the stage has other slots
 * @param byIndex the operators by their index in the plan's stage; null at a source's index
 */
record TaskParts(
    Bundle bundle,
    @Nullable SourceReader source,
    List<StreamOperator> operators,
    List<@Nullable StreamOperator> byIndex,
    List<String> transforms,
    TaskSnapshot.Place place,
    KeyGroupRange keyGroups,
    List<Inbox> inboxes,
    List<Outbox> outboxes,
    TaskStateOnDemand state,
    WatermarkHolds holds,
    TaskMetrics metrics,
    boolean hasSiblings) {

  /** Empty if the task has no source. */
  String sourceTransform() {
    int index = source == null ? -1 : byIndex.indexOf(null);
    return index < 0 ? "" : transforms.get(index);
  }
}
