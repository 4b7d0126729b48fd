package dev.lintel.state.image;

import org.jspecify.annotations.Nullable;

/**
 * State can't be opened from a snapshot: it is damaged or none at all, of a newer version, or was
 * taken with other key groups than are asked for. Nothing was changed; whoever restores names the
 * checkpoint, and goes on with another one only if the user agrees.
 */
public final class StateRestoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateRestoreException(String message) {
    this(message, null);
  }

  public StateRestoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
