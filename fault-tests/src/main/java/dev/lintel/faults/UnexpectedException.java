package dev.lintel.faults;

/** The runner has done what it must not. The logs tell more. */
final class UnexpectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnexpectedException(String message) {
    super(message);
  }
}
