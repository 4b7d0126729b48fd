package dev.lintel.console;

/** Something that the user asked for can't be done; the message says why, and what to do. */
final class ConsoleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConsoleException(String message) {
    super(message);
  }

  ConsoleException(String message, Throwable cause) {
    super(message, cause);
  }
}
