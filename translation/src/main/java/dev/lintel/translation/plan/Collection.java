package dev.lintel.translation.plan;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * A PCollection as the plan knows it.
 *
 * @param id the id in the portable proto, unique in the plan
 * @param name the user's name of it: the producing transform's full name and the output's tag
 * @param coder the coder of its elements (values, not windowed values)
 */
public record Collection(
    String id, String name, Coder<?> coder, WindowingStrategy<?, ?> windowing, boolean bounded) {}
