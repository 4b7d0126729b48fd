package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.Lease;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The only place that deletes what a run has stored for checkpoints.
 *
 * <p><i>Ownership:</i> thread-safe. <i>Failure:</i> what can't be deleted is tried again with the
 * next deletion, and found by the next start. A run that has been succeeded deletes nothing.
 */
final class Deletion {
  private final StorageFolder root;
  private final LocalCache cache;
  private final Lease lease;

  /** What could not be deleted. Guarded by the lock. */
  private final Set<String> left = new LinkedHashSet<>();

  Deletion(StorageFolder root, LocalCache cache, Lease lease) {
    this.root = root;
    this.cache = cache;
    this.lease = lease;
  }

  /**
   * @param first are gone before the rest is touched
   */
  void delete(Collection<String> first, Collection<String> rest) throws IOException {
    lease.check();
    deleteOwned(first);
    List<String> all = new ArrayList<>(rest);
    synchronized (left) {
      all.addAll(left);
      left.addAll(rest);
    }
    deleteOwned(all);
    synchronized (left) {
      all.forEach(left::remove);
    }
  }

  private void deleteOwned(Collection<String> paths) throws IOException {
    paths.forEach(cache::forget);
    root.delete(paths);
  }
}
