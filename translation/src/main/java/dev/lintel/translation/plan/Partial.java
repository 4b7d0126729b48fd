package dev.lintel.translation.plan;

import org.jspecify.annotations.Nullable;

/**
 * An accumulator that stands for several values of one key, on its way from an {@link
 * Operator.PartialCombine} to its {@link Operator.CombinePerKey}. Who gets it owns the accumulator.
 */
public record Partial(@Nullable Object accumulator) {}
