package dev.lintel.translation;

import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Partitioning;
import org.jspecify.annotations.Nullable;

/**
 * An operator that has no stage yet.
 *
 * @param partitioning how its main inputs have to come; null if it takes them as they are, so that
 *     it may be fused with what produces them
 */
record Step(Operator operator, @Nullable Partitioning partitioning) {}
