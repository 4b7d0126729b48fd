package dev.lintel.state;

import org.apache.beam.runners.core.StateInternals;
import org.jspecify.annotations.Nullable;

/** Beam's {@link StateInternals} of one operator in one task, for the key that was set last. */
public interface KeyedStateInternals extends StateInternals {
  /**
   * Makes {@code key} the current one. State objects that were bound before stay bound to their own
   * key.
   *
   * @param key the encoded key; its key group must belong to the task
   * @param value what {@link #getKey()} answers: the decoded key
   */
  void setCurrentKey(EncodedKey key, @Nullable Object value);

  /**
   * Tells which keys are about to be the current one: what is in memory of them is brought near.
   * Changes nothing, and is never necessary.
   *
   * @param keys the first {@code count} of them
   */
  default void preload(@Nullable EncodedKey[] keys, int count) {}
}
