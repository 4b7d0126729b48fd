/**
 * What a checkpoint or savepoint is made of, as records and as JSON; and the same for the record of
 * what a run began with. Called by {@code checkpoint.storage}, the coordinator and the command
 * line. Must not know where anything is stored.
 */
@NullMarked
package dev.lintel.runner.checkpoint.manifest;

import org.jspecify.annotations.NullMarked;
