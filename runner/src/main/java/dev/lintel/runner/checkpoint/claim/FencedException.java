package dev.lintel.runner.checkpoint.claim;

import java.io.IOException;

/**
 * Another run has taken over the job. This one has lost it for good: it must commit nothing,
 * finalize nothing, abort nothing that it has prepared (the checkpoint that prepared it may be what
 * its successor goes on from), and end.
 */
public final class FencedException extends IOException {
  private static final long serialVersionUID = 1L;

  FencedException(String where, long epoch, String successor) {
    super(
        "Expected to own the job, but a later run has taken it over: "
            + successor
            + " (epoch="
            + epoch
            + ", "
            + where
            + "). This run ends; nothing needs to be done.");
  }
}
