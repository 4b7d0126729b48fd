package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.compatibility.Renames;
import org.jspecify.annotations.Nullable;

/**
 * What a job is to begin with, and what may have changed since.
 *
 * @param from {@code latest}, {@code previous}, {@code none}, or the path of a checkpoint or
 *     savepoint
 * @param renames new names of transforms
 * @param allowUnrestoredState what nothing takes may be left behind
 * @param maxParallelism the number of key groups that the user asks for; null: that of the
 *     checkpoint
 */
public record RestoreSettings(
    String from, Renames renames, boolean allowUnrestoredState, @Nullable Integer maxParallelism) {}
