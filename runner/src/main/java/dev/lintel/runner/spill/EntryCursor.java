package dev.lintel.runner.spill;

/**
 * Walks over entries in unsigned byte order of their keys; begins before the first one.
 *
 * <p><i>Ownership:</i> one thread. It needs no closing.
 */
public interface EntryCursor {
  /** Goes to the next entry; false if there is none. */
  boolean next();

  /** The entry's key; not to be written to. */
  byte[] key();

  /** The length of the entry's value, which is not read for that. */
  int valueLength();

  /** The entry's value, read now, into an array of the caller's own. */
  byte[] value();
}
