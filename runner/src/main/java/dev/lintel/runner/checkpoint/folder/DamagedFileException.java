package dev.lintel.runner.checkpoint.folder;

import java.io.IOException;

/**
 * A stored file is not what was written: missing, cut off or changed. Reading it again can't help:
 * the caller names the checkpoint that needs the file, and leaves the choice of another to the
 * user.
 */
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param detail what was expected, and what was found
   */
  public DamagedFileException(String file, String detail) {
    super("Expected " + detail + " (file " + file + ").");
  }

  public DamagedFileException(String file, Throwable cause) {
    super("Expected a file, but it does not exist (file " + file + ").", cause);
  }
}
