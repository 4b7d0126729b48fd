package dev.lintel.benchmarks.cases;

/** A run gave another result than it should have: it is a failure, however fast it was. */
public final class WrongResultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WrongResultException(String message) {
    super(message);
  }
}
