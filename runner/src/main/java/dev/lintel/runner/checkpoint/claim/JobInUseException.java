package dev.lintel.runner.checkpoint.claim;

import java.io.IOException;

/**
 * Another run of the job lives. The user ends it, or waits until it has ended, or gives this job
 * another name.
 */
public final class JobInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  JobInUseException(String message) {
    super(message);
  }
}
