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
  public static void apply(Pipeline pipeline, Checkpoints checkpoints) {
    ServiceLoader<SinkReplacement> found =
        ServiceLoader.load(SinkReplacement.class, SinkReplacement.class.getClassLoader());
    for (SinkReplacement each : found) {
      pipeline.replaceAll(each.replacements(pipeline, checkpoints));
    }
  }
}
