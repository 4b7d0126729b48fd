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
   * Before the first bundle. It commits what earlier lives of the job have prepared for the
   * checkpoint that the job has been restored from, if that is not committed yet, and aborts all
   * else that they have left open, also that of slots that no longer are.
   *
   * <p>Slots begin at the same time, in any order: so each piece of what was left has to be looked
   * after by one slot, which commits it or aborts it. The slots agree on which without a word, as
   * all of them are given the same.
   *
   * @param restored what all slots had prepared for that checkpoint: every slot is given all of it,
   *     in no certain order
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
