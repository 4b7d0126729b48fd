package dev.lintel.runner.operator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.beam.runners.core.InMemoryBundleFinalizer;
import org.apache.beam.runners.core.InMemoryBundleFinalizer.Finalization;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.joda.time.Instant;

/**
 * The bundle finalizers that a DoFn has registered and that have not run: those of the bundle, of
 * the bundles behind the last barrier, and of the checkpoints that are not complete. They are lost
 * with the task, as bundles are that are rolled back.
 *
 * <p><i>Ownership:</i> one operator.
 */
final class BundleFinalizers {
  private final boolean checkpointed;
  private final InMemoryBundleFinalizer bundle = new InMemoryBundleFinalizer();
  private final Deque<OfCheckpoint> checkpoints = new ArrayDeque<>();

  private record OfCheckpoint(long checkpoint, List<Finalization> finalizations) {}

  /**
   * @param checkpointed they wait for a checkpoint, and not only for the end of their bundle
   */
  BundleFinalizers(boolean checkpointed) {
    this.checkpointed = checkpointed;
  }

  /** Registers finalizers of the bundle. */
  BundleFinalizer ofBundle() {
    return bundle;
  }

  void snapshot(long checkpoint) {
    List<Finalization> finalizations = bundle.getAndClearFinalizations();
    if (!finalizations.isEmpty()) {
      checkpoints.add(new OfCheckpoint(checkpoint, finalizations));
    }
  }

  /** Takes out those that are to run when a bundle has ended. */
  List<Finalization> dueAfterBundle(Instant now) {
    return checkpointed ? List.of() : notExpired(bundle.getAndClearFinalizations(), now);
  }

  /** Takes out those that are to run when a checkpoint is complete, and all before it. */
  List<Finalization> dueAfter(long checkpoint, Instant now) {
    List<Finalization> due = new ArrayList<>();
    OfCheckpoint next;
    while ((next = checkpoints.peek()) != null && next.checkpoint <= checkpoint) {
      due.addAll(checkpoints.remove().finalizations);
    }
    return notExpired(due, now);
  }

  private static List<Finalization> notExpired(List<Finalization> all, Instant now) {
    return all.isEmpty()
        ? all
        : all.stream().filter(each -> !each.getExpiryTime().isBefore(now)).toList();
  }
}
