package dev.lintel.translation.plan;

/** How an {@link Exchange} chooses the slot of an element. */
public enum Partitioning {
  /** The producer's own slot. */
  FORWARD,
  /** The slot that owns the key group of the encoded key of a {@code KV}. */
  BY_KEY,
  /**
   * Every element to the one slot that owns the empty key: for operators that need the whole
   * collection.
   */
  TO_ONE,
  /** The slots in turn. */
  REBALANCE,
  /** Every slot. */
  BROADCAST
}
