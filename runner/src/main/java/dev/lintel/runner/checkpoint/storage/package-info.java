/**
 * Where a job's checkpoints are stored, which of them are kept, and what a run goes on from. Called
 * by the coordinator, as it takes checkpoints and restores them, and by the command line. Must not
 * know tasks, operators or the coordinator.
 *
 * <p>Below the checkpoint folder each job has one of its own:
 *
 * <pre>
 * JOB/claims/EPOCH-RUN.json                 who asked for the job
 * JOB/heartbeats/EPOCH-RUN                  who still lives
 * JOB/EPOCH/manifests/restored-from.json    what a run began with
 * JOB/EPOCH/manifests/ID.json               a checkpoint
 * JOB/EPOCH/files/ID-NUMBER-NAME            a file, stored with checkpoint ID, perhaps used by others
 * </pre>
 *
 * A savepoint is a folder with {@code manifest.json} and {@code files/}. No file is ever changed,
 * and no name given twice.
 */
@NullMarked
package dev.lintel.runner.checkpoint.storage;

import org.jspecify.annotations.NullMarked;
