package dev.lintel.translation.plan;

import org.jspecify.annotations.Nullable;

/**
 * The edge between two stages.
 *
 * @param id index in {@link ExecutionPlan#exchanges()}
 * @param producer id of the stage that the elements come from
 * @param consumer id of the stage that they go to
 * @param operator index in the consumer's operators of the one that takes them
 * @param sideInput null for a main input; otherwise the tag of that operator's {@link SideInput}
 *     that they fill, and the elements are the panes that a {@link Operator.GatherView} emits
 */
public record Exchange(
    int id,
    Collection collection,
    int producer,
    int consumer,
    int operator,
    @Nullable String sideInput,
    Partitioning partitioning) {}
