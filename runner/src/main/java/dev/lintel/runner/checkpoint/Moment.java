package dev.lintel.runner.checkpoint;

import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Moments in the life of a checkpoint at which a process is to survive being killed. Fault tests
 * bring a {@link Witness} to stop it there; where there is none, passing a moment costs nothing.
 *
 * <p><i>Ownership:</i> any thread.
 */
public enum Moment {
  /** The bytes of a file are written; the file is not complete yet. */
  UPLOADING,
  /** All of a checkpoint is stored but what makes it one. */
  BEFORE_DECISION,
  /** The checkpoint exists, and nobody has been told. */
  AFTER_DECISION,
  /** Files of a checkpoint are about to be brought back. */
  RESTORING;

  private static final @Nullable Witness WITNESS =
      ServiceLoader.load(Witness.class).findFirst().orElse(null);

  /** Called by whoever gets there. */
  public void reached() {
    if (WITNESS != null) {
      WITNESS.reached(this);
    }
  }

  /** Is told of each moment by the thread that reaches it, found as a Java service. */
  public interface Witness {
    void reached(Moment moment);
  }
}
