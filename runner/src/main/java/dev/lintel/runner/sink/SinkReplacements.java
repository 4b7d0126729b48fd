package dev.lintel.runner.sink;

import dev.lintel.runner.sink.SinkReplacement.Checkpoints;
import java.util.ServiceLoader;
import org.apache.beam.sdk.Pipeline;

/** All {@link SinkReplacement}s that are on the class path. */
public final class SinkReplacements {
  private SinkReplacements() {}

  /**
   * Replaces, in a pipeline that is ready to run, each sink that can be exactly-once by one that
   * is.
   *
   * @throws IllegalArgumentException if a sink is set up such that it can't be
   */
  public static void apply(
      Pipeline pipeline, Checkpoints checkpoints, boolean allowLostTransactions) {
    for (SinkReplacement each : all()) {
      pipeline.replaceAll(each.replacements(pipeline, checkpoints, allowLostTransactions));
    }
  }

  /** See {@link SinkReplacement#loadAhead}. */
  public static void loadAhead() {
    for (SinkReplacement each : all()) {
      each.loadAhead();
    }
  }

  private static ServiceLoader<SinkReplacement> all() {
    return ServiceLoader.load(SinkReplacement.class, SinkReplacement.class.getClassLoader());
  }
}
