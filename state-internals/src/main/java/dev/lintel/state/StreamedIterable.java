package dev.lintel.state;

/**
 * Values of a state cell that are read from the store piece by piece, as there are too many to be
 * kept in memory.
 *
 * <p><i>Ownership:</i> the task's thread, and no longer than the task lives: what crosses to
 * another task must be copied.
 */
public interface StreamedIterable<T> extends Iterable<T> {}
