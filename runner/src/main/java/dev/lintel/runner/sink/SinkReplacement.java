package dev.lintel.runner.sink;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.PTransformOverride;

/**
 * Puts {@link TransactionalSink}s in the place of a connector's own sinks. Implementations are
 * found by {@link java.util.ServiceLoader}; one whose connector is not on the class path finds
 * nothing.
 */
public interface SinkReplacement {
  /**
   * Looks for the connector's sinks in a pipeline that is ready to run.
   *
   * @param checkpoints when what the sinks write is committed
   * @param allowLostTransactions go on without what a transaction has written that was prepared for
   *     the checkpoint that is restored, and that is lost
   * @return what puts others in their place; it is applied once, to this pipeline
   * @throws IllegalArgumentException if one of them is set up such that it can't be exactly-once,
   *     naming each of them and what to change. Nothing has run by then
   */
  List<PTransformOverride> replacements(
      Pipeline pipeline, Checkpoints checkpoints, boolean allowLostTransactions);

  /**
   * Has the JVM load and initialise the classes that the connector's clients need, which nobody
   * then has to wait for. Called on a thread of its own while the user's pipeline is being built;
   * it touches nothing outside of the process.
   */
  default void loadAhead() {}

  /**
   * How often a job that runs well takes checkpoints.
   *
   * @param intervalMillis from the beginning of one to that of the next, at most
   * @param timeoutMillis after which one that has not ended is given up
   * @param failuresTolerated so many in a row may fail
   */
  record Checkpoints(long intervalMillis, long timeoutMillis, int failuresTolerated) {}
}
