package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.Moment;
import dev.lintel.runner.checkpoint.folder.Checksum;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.StoredFile;
import dev.lintel.state.snapshot.SnapshotFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The files that checkpoints share: stores each content once, and knows who needs which.
 *
 * <p><i>Ownership:</i> thread-safe; what it knows is guarded by its lock, storing is not. <i>
 * Invariants:</i> a content is shared only while a checkpoint that is retained or being taken needs
 * its file: it stops being offered under the lock under which its last user goes.
 */
final class SharedFiles {
  private final StorageFolder root;
  private final String prefix;
  private final LocalCache cache;
  private final Executor io;

  private final Map<CheckpointRef, Set<String>> needs = new HashMap<>();
  private final Map<String, Placed> byContent = new HashMap<>();
  private final Map<String, Placed> running = new HashMap<>();
  private long lastNumber;

  /**
   * A file that has its place, and is there when the future says so.
   *
   * @param isNew whether this call has it stored
   */
  record Placed(String path, CompletableFuture<StoredFile> stored, boolean isNew) {}

  /**
   * @param prefix of all paths that are given
   */
  SharedFiles(StorageFolder root, String prefix, LocalCache cache, Executor io) {
    this.root = root;
    this.prefix = prefix;
    this.cache = cache;
    this.io = io;
  }

  /** Adds a checkpoint that has been stored by an earlier run. */
  synchronized void addRetained(CheckpointRef ref, Collection<StoredFile> files) {
    Set<String> paths = new HashSet<>();
    for (StoredFile each : files) {
      paths.add(each.path());
      if (each.contentId() != null) {
        CompletableFuture<StoredFile> stored = CompletableFuture.completedFuture(each);
        byContent.putIfAbsent(each.contentId(), new Placed(each.path(), stored, false));
      }
    }
    needs.put(ref, paths);
  }

  synchronized void begin(CheckpointRef ref) {
    needs.put(ref, new HashSet<>());
  }

  /** Has a file stored for a checkpoint that has begun, unless its content is there already. */
  Placed place(CheckpointRef ref, SnapshotFile file) {
    Placed placed = reserve(ref, file);
    if (placed.isNew()) {
      try {
        io.execute(() -> store(placed, file));
      } catch (RejectedExecutionException e) {
        ended(placed, file, false);
        placed.stored().completeExceptionally(e);
      }
    }
    return placed;
  }

  private synchronized Placed reserve(CheckpointRef ref, SnapshotFile file) {
    Set<String> needed = needs.get(ref);
    String contentId = file.contentId();
    Placed known = contentId == null ? null : byContent.get(contentId);
    if (known != null && needed != null) {
      needed.add(known.path());
      return new Placed(known.path(), known.stored(), false);
    }
    String path = prefix + Layout.fileName(ref.id(), ++lastNumber, file.name());
    Placed placed = new Placed(path, new CompletableFuture<>(), true);
    if (needed != null) {
      needed.add(path);
      running.put(path, placed);
      if (contentId != null) {
        byContent.put(contentId, placed);
      }
    }
    return placed;
  }

  private void store(Placed placed, SnapshotFile file) {
    try {
      if (!isNeeded(placed.path())) {
        throw new CancellationException("The checkpoint has been given up.");
      }
      Checksum checksum =
          root.write(
              placed.path(),
              out -> {
                file.writeTo(out);
                Moment.UPLOADING.reached();
              });
      cache.put(placed.path(), file.localFile());
      ended(placed, file, true);
      placed.stored().complete(new StoredFile(placed.path(), checksum, file.contentId()));
    } catch (IOException e) {
      ended(placed, file, false);
      IOException named =
          new IOException(
              "Expected to store "
                  + file.name()
                  + ", but: "
                  + e.getMessage()
                  + " (file "
                  + root.describe(placed.path())
                  + "). Is there space left, and may this user write there?",
              e);
      placed.stored().completeExceptionally(new CompletionException(named));
    } catch (Throwable e) {
      ended(placed, file, false);
      placed.stored().completeExceptionally(e);
    }
  }

  private synchronized boolean isNeeded(String path) {
    return needs.values().stream().anyMatch(paths -> paths.contains(path));
  }

  private synchronized void ended(Placed placed, SnapshotFile file, boolean stored) {
    running.remove(placed.path());
    if (!stored && file.contentId() != null) {
      byContent.remove(file.contentId(), placed);
    }
  }

  /**
   * Takes a checkpoint away.
   *
   * @return the files that no other needs, once nothing is being written to them any more
   */
  synchronized CompletableFuture<List<String>> remove(CheckpointRef ref) {
    Set<String> orphans = needs.remove(ref);
    if (orphans == null) {
      return CompletableFuture.completedFuture(List.of());
    }
    needs.values().forEach(orphans::removeAll);
    byContent.values().removeIf(placed -> orphans.contains(placed.path()));
    List<CompletableFuture<StoredFile>> writing = new ArrayList<>();
    for (String each : orphans) {
      Placed placed = running.get(each);
      if (placed != null) {
        writing.add(placed.stored());
      }
    }
    return CompletableFuture.allOf(writing.toArray(CompletableFuture[]::new))
        .handle((done, failure) -> List.copyOf(orphans));
  }

  /** All files that some checkpoint needs. */
  synchronized Set<String> needed() {
    Set<String> all = new HashSet<>();
    needs.values().forEach(all::addAll);
    return all;
  }
}
