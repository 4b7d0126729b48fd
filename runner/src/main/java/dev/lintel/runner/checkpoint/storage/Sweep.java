package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.Claims;
import dev.lintel.runner.checkpoint.claim.Lease;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes what earlier runs have left and no retained checkpoint needs: files of checkpoints that
 * were never completed, checkpoints that don't count, claims and heartbeats of the past, temporary
 * files. Files that don't have the names that Lintel gives are not touched, nor are this epoch's
 * and later ones.
 */
final class Sweep {
  private final StorageFolder root;
  private final Lease lease;

  Sweep(StorageFolder root, Lease lease) {
    this.root = root;
    this.lease = lease;
  }

  /**
   * @param needed all files, manifests included, that retained checkpoints need
   */
  void run(Collection<String> needed) throws IOException {
    lease.check();
    List<String> orphans = new ArrayList<>();
    Set<Long> epochs = new TreeSet<>();
    for (String each : root.listAll()) {
      long epoch = Claims.epochOf(each).or(() -> Layout.epochOf(each)).orElse(Long.MAX_VALUE);
      if (epoch < lease.epoch()) {
        epochs.add(epoch);
        if (!needed.contains(each)) {
          orphans.add(each);
        }
      }
    }
    root.delete(orphans);
    for (long each : epochs) {
      root.deleteFolderIfEmpty(Layout.files(each));
      root.deleteFolderIfEmpty(Layout.manifests(each));
      root.deleteFolderIfEmpty(Long.toString(each));
    }
  }
}
