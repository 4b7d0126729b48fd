package dev.lintel.runner.checkpoint.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the job as a whole.
 *
 * @param name as the user gave it
 * @param maxParallelism the number of key groups
 * @param ended the job had come to its end by itself: the next start begins anew
 * @param plan what a later run compares itself with, such as the coders of each stateful transform
 * @param parts of the coordinator, by transform, as {@link TaskEntry#parts}
 * @param metrics as the job's metrics are kept
 */
public record JobEntry(
    String name,
    int maxParallelism,
    boolean ended,
    JsonNode plan,
    @Nullable Blob parts,
    @Nullable Blob metrics) {
  /**
   * Among the parts, though no transform's: the job was to end with what it had read. Sources may
   * have ended for good already, so whoever goes on from there goes on with that.
   */
  public static final String DRAINING = "$draining";
}
