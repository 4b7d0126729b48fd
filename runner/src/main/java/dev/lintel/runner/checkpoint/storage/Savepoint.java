package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointKind;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.JsonFormat;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A savepoint that is being taken: all its files are in its own folder. Its manifest decides
 * nothing: what a sink has prepared is committed by the checkpoint that is taken at the same
 * barrier. So a job goes on from its checkpoints whatever becomes of its savepoints.
 */
final class Savepoint implements Target {
  private static final Logger LOG = LoggerFactory.getLogger(Savepoint.class);

  private final StorageFolder root;
  private final SharedFiles files;
  private final Executor io;

  Savepoint(StorageFolder root, Executor io) throws IOException {
    this.root = root;
    this.io = io;
    this.files = new SharedFiles(root, Layout.SAVEPOINT_FILES, new LocalCache(null), io);
    if (!root.list("").isEmpty() || !root.list(Layout.SAVEPOINT_FILES).isEmpty()) {
      throw new IOException(
          "Expected an empty folder for the savepoint, but there are files in "
              + root
              + ": choose another one.");
    }
  }

  @Override
  public CheckpointKind kind() {
    return CheckpointKind.SAVEPOINT;
  }

  @Override
  public SharedFiles files() {
    return files;
  }

  @Override
  public List<CheckpointRef> retainedBeside() {
    return List.of();
  }

  @Override
  public void decide(Manifest manifest) throws IOException {
    root.writeWhole(Layout.SAVEPOINT_MANIFEST, JsonFormat.write(manifest));
  }

  @Override
  public void giveUp(CheckpointRef ref) {
    CompletableFuture<Void> unused =
        files
            .remove(ref)
            .thenAcceptAsync(
                orphans -> {
                  try {
                    List<String> all = new ArrayList<>(orphans);
                    all.add(Layout.SAVEPOINT_MANIFEST);
                    all.add(Layout.SAVEPOINT_MANIFEST + StorageFolder.TEMPORARY);
                    root.delete(all);
                  } catch (IOException e) {
                    LOG.warn("Expected to delete the savepoint {}, but: {}", root, e.getMessage());
                  }
                },
                io);
  }
}
