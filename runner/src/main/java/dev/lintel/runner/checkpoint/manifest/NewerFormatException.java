package dev.lintel.runner.checkpoint.manifest;

import java.io.IOException;

/**
 * A later version of Lintel wrote this. The user starts the job with that version, or from another
 * checkpoint.
 */
public final class NewerFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  NewerFormatException(String where, int format) {
    super(
        "Expected a format up to "
            + JsonFormat.FORMAT
            + ", but "
            + format
            + " (file "
            + where
            + "): it was written by a later version of Lintel, which is needed to read it.");
  }
}
