package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Operator;
import java.util.Set;

/**
 * Which gear each grouping of a job has: the cheapest one, unless the job goes on from a checkpoint
 * that has its state as {@link GroupingGear#REDUCE} keeps it. Lintel once grouped all merging
 * windows and all panes by processing time that way; what it kept then, only that gear can go on
 * with. Immutable.
 *
 * @param reduced the groupings, by transform, that the checkpoint has in that gear
 */
public record KeptGears(Set<String> reduced) {
  /** For a job that begins without state. */
  public static final KeptGears NONE = new KeptGears(Set.of());

  public KeptGears {
    reduced = Set.copyOf(reduced);
  }

  /** The gear of a GroupByKey, a CombinePerKey or a GatherView. */
  public GroupingGear of(Operator spec) {
    GroupingGear cheapest = GroupingGear.of(spec);
    boolean onceReduced =
        cheapest == GroupingGear.MERGING || cheapest == GroupingGear.PROCESSING_TIME;
    return onceReduced && reduced.contains(spec.transform()) ? GroupingGear.REDUCE : cheapest;
  }
}
