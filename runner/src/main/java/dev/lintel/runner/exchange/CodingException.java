package dev.lintel.runner.exchange;

/**
 * A coder of the pipeline failed on an element or key. The pipeline's author has to mend the coder
 * or the data.
 */
public final class CodingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CodingException(String message, Throwable cause) {
    super(message, cause);
  }
}
