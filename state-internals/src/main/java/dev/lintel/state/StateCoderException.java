package dev.lintel.state;

/**
 * A coder of a state cell could not encode or decode a value. A bug in the user's coder, or a value
 * that the coder doesn't take; the message names transform, state and coder. May come later than
 * the write that caused it: state is encoded when it leaves the cache.
 */
public final class StateCoderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateCoderException(String message, Throwable cause) {
    super(message, cause);
  }
}
