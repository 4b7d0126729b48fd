package dev.lintel.runner.checkpoint.claim;

import java.io.IOException;
import java.util.function.Consumer;

/** Has a run's lease beat as long as the run lasts. */
@FunctionalInterface
public interface LeaseKeeper {
  /**
   * @param onFenced is told when another run has taken over
   */
  Kept keep(Lease lease, Consumer<FencedException> onFenced);

  /** A lease that is kept until this is closed, which gives it back. */
  @FunctionalInterface
  interface Kept {
    void close() throws IOException, InterruptedException;
  }
}
