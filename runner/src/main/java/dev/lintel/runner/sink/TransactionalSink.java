package dev.lintel.runner.sink;

import java.io.Serializable;
import java.util.List;

/**
 * Implemented by a {@code DoFn} whose effects shall be visible exactly once: they happen in
 * transactions that begin behind a checkpoint's barrier, are prepared at the next one, and are
 * committed when that checkpoint is complete.
 *
 * <p><i>Contract</i>, all calls by the thread that calls the DoFn: after {@code @Setup}, {@link
 * #begin} once; then bundles; at a barrier, between bundles, {@link #prepare}; {@link #commit} for
 * each of what was prepared when the checkpoint is known to be complete, perhaps several
 * checkpoints at once, perhaps after the next {@code prepare}. What was prepared for a checkpoint
 * that never completes is given to {@code commit} with that of the next one that does: nothing of
 * it may be lost. Without checkpoints, {@code prepare} and {@code commit} follow each bundle.
 * <i>Failure:</i> what is thrown fails the task, and the job goes back to the last complete
 * checkpoint.
 */
public interface TransactionalSink {
  /**
   * Before the first bundle. What {@code restored} names was prepared for the checkpoint that the
   * job has been restored from, by whatever slot; it is committed now, if it is not yet. All else
   * that earlier lives of this slot and of slots that no longer are have left open is aborted.
   */
  void begin(Context context, List<byte[]> restored);

  /**
   * Ends the open transaction so that it can be committed by another process, whatever happens to
   * this one. What is written from now on belongs to the next transaction.
   *
   * @return what is needed to commit; empty if nothing was written
   */
  List<byte[]> prepare();

  /** Makes visible what was prepared. Idempotent. */
  void commit(byte[] prepared);

  /**
   * Where the sink runs.
   *
   * @param jobId the same in every life of the job, and different for different jobs
   * @param transform the full name of the sink's transform
   * @param slot of this copy
   * @param slots how many copies there are now
   */
  record Context(String jobId, String transform, int slot, int slots) implements Serializable {}
}
