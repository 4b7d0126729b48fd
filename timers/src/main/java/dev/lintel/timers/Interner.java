package dev.lintel.timers;

import org.jspecify.annotations.Nullable;

/**
 * Hands out one object for equal ones, as far as its fixed number of slots goes: the timers of one
 * window then share one namespace, and comparing them is comparing references. Forgets what another
 * value displaces.
 */
final class Interner<T> {
  private static final int SLOTS = 1024;

  private final @Nullable Object[] slots = new @Nullable Object[SLOTS];

  @SuppressWarnings("unchecked") // A slot is equal to, and so of the kind of, what was asked for.
  T intern(T value) {
    int mixed = value.hashCode() * 0x9E3779B9;
    int slot = mixed >>> 22;
    Object known = slots[slot];
    if (known != null && (known == value || known.equals(value))) {
      return (T) known;
    }
    slots[slot] = value;
    return value;
  }
}
