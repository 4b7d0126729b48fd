package dev.lintel.runner;

/**
 * An option has a value that can't be used. Nothing has run; the message names the option and what
 * it takes.
 */
public final class InvalidOptionsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidOptionsException(String message) {
    super(message);
  }
}
