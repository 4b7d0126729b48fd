package dev.lintel.runner.spill;

/**
 * Data that did not fit into memory could not be written to disk, or read back: the disk is full,
 * broken, or must not be written. The job can't go on; the message says which file, and what the
 * user can do.
 */
public final class SpillException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SpillException(String message, Throwable cause) {
    super(message, cause);
  }
}
