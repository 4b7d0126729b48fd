package dev.lintel.runner.operator;

/**
 * A transform failed. The cause is what the user's code (or a coder, or the state) threw; the
 * message names the transform and what it was doing.
 */
public final class OperatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String transform;

  OperatorException(String transform, String doing, Throwable cause) {
    super("Transform '" + transform + "' failed in " + doing + ": " + cause, cause);
    this.transform = transform;
  }

  public String transform() {
    return transform;
  }

  /**
   * {@code failure} itself if an operator further down threw it already, else wrapped with this
   * transform's name.
   */
  static OperatorException of(String transform, String doing, Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof OperatorException known) {
        return known;
      }
    }
    return new OperatorException(transform, doing, failure);
  }
}
