package dev.lintel.state;

import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.state.State;
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

  // ---- for an operator that admits only so many keys at a time ----

  /**
   * From now on, until {@link #clear}, memory knows each key that was ever the current one, also
   * when its cells have been evicted. Called before the first key.
   *
   * @return false if this state doesn't do that: it has no limit, so there is no need
   */
  boolean keepKeys();

  /** Whether the key was the current one since {@link #clear}. Only after {@link #keepKeys}. */
  boolean isKnown(EncodedKey key);

  /** How many keys memory knows. */
  int keysInMemory();

  /** Whether more keys would soon make the cache evict: most of what it may take is taken. */
  boolean isNearlyFull();

  /** Deletes the state of all keys, and forgets the keys. */
  void clear();

  // ---- for an operator that is through with all keys at once ----

  /**
   * Begins to go through all keys that have a state, once nothing is added to it any more. Until
   * the end of the sweep the operator uses no state but by it.
   *
   * @param namespace the only one of the state's cells
   * @param tag a bag, or a state of one value
   */
  <T extends State> KeySweep<T> sweep(StateNamespace namespace, StateTag<T> tag);
}
