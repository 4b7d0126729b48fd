package dev.lintel.runner.checkpoint.storage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * What the coordinator gives to a checkpoint; as {@link
 * dev.lintel.runner.checkpoint.manifest.JobEntry}.
 *
 * @param parts its own, by transform
 * @param metrics empty if there are none
 */
public record JobSnapshot(
    int maxParallelism,
    boolean ended,
    JsonNode plan,
    Map<String, List<byte[]>> parts,
    byte[] metrics) {}
