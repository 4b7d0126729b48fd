package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.Moment;
import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.claim.Lease;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointKind;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.JsonFormat;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's own checkpoints: the newest few are retained, and each new one takes the place of the
 * oldest.
 *
 * <p><i>Ownership:</i> thread-safe. <i>Invariants:</i> the newest manifest names those that are
 * retained beside it; only what it doesn't name is deleted, and only after a look for a successor
 * that followed its writing (see {@link Lease}). A checkpoint's manifest is deleted before its
 * files are: while it is there, so are they.
 */
final class JobCheckpoints implements Target {
  private static final Logger LOG = LoggerFactory.getLogger(JobCheckpoints.class);

  private final StorageFolder root;
  private final Lease lease;
  private final SharedFiles files;
  private final Deletion deletion;
  private final Executor io;
  private final int retainedMax;

  /** The newest first. Guarded by the lock. */
  private final List<CheckpointRef> retained;

  JobCheckpoints(
      StorageFolder root,
      Lease lease,
      SharedFiles files,
      Deletion deletion,
      Executor io,
      Retained retained) {
    this.root = root;
    this.lease = lease;
    this.files = files;
    this.deletion = deletion;
    this.io = io;
    this.retainedMax = retained.max();
    this.retained = new ArrayList<>(retained.now());
  }

  /** How many are retained, and which are now. */
  record Retained(int max, List<CheckpointRef> now) {}

  @Override
  public CheckpointKind kind() {
    return CheckpointKind.CHECKPOINT;
  }

  @Override
  public SharedFiles files() {
    return files;
  }

  @Override
  public synchronized List<CheckpointRef> retainedBeside() {
    return List.copyOf(retained.subList(0, Math.min(retainedMax - 1, retained.size())));
  }

  @Override
  public synchronized void decide(Manifest manifest) throws IOException {
    CheckpointRef ref = manifest.ref();
    if (!retained.isEmpty() && retained.get(0).id() >= ref.id()) {
      throw new IllegalStateException(
          "Expected a checkpoint after " + retained.get(0) + ", but " + ref);
    }
    if (lease.isLate()) {
      lease.check();
    }
    String path = Layout.manifest(ref);
    byte[] bytes = JsonFormat.write(manifest);
    root.write(path + StorageFolder.TEMPORARY, out -> out.write(bytes));
    String name = Restore.name(ref, root);
    Moment.BEFORE_DECISION.reached();
    try {
      // THE DECISION MOMENT: before this line the checkpoint does not exist, after it, it does.
      root.publish(path + StorageFolder.TEMPORARY, path);
    } catch (IOException e) {
      if (!isThere(path, bytes, e)) {
        checkAfterDecision(name);
        throw new UndecidedException(name, e);
      }
    }
    Moment.AFTER_DECISION.reached();
    checkAfterDecision(name);
    retained.add(0, ref);
    List<CheckpointRef> dropped = retained.subList(manifest.retained().size() + 1, retained.size());
    dropped.forEach(this::deleteLater);
    dropped.clear();
  }

  /** The storage may have done what it said it could not. That it has not would prove nothing. */
  private boolean isThere(String path, byte[] bytes, IOException failure) {
    try {
      return Arrays.equals(root.read(path), bytes);
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  private void checkAfterDecision(String name) throws IOException {
    try {
      lease.check();
    } catch (FencedException e) {
      throw e;
    } catch (IOException e) {
      throw new UndecidedException(name, e);
    }
  }

  private void deleteLater(CheckpointRef ref) {
    deleteLater(List.of(Layout.manifest(ref)), ref);
  }

  @Override
  public void giveUp(CheckpointRef ref) {
    deleteLater(List.of(), ref);
  }

  private void deleteLater(List<String> first, CheckpointRef ref) {
    CompletableFuture<Void> unused =
        files
            .remove(ref)
            .thenAcceptAsync(
                orphans -> {
                  try {
                    delete(first, orphans, ref);
                  } catch (IOException e) {
                    // Tried again with the next one, and found by the next start.
                    LOG.warn("Expected to delete the files of {}, but: {}", ref, e.getMessage());
                  }
                },
                io);
  }

  private void delete(Collection<String> first, Collection<String> orphans, CheckpointRef ref)
      throws IOException {
    List<String> rest = new ArrayList<>(orphans);
    if (first.isEmpty()) {
      rest.add(Layout.manifest(ref) + StorageFolder.TEMPORARY);
    }
    deletion.delete(first, rest);
  }
}
