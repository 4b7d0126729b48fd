package dev.lintel.runner.job;

/** A source could not say what there is to read: a missing file, say. Nothing has run yet. */
public final class SourceSplitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SourceSplitException(String transform, Throwable cause) {
    super(
        "Expected the source of '"
            + transform
            + "' to list what there is to read before the job starts, but it failed: "
            + cause,
        cause);
  }
}
