package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at checkpoints and savepoints from outside of their job, which may be running. Changes
 * nothing, and claims nothing: a checkpoint may be deleted by its job while it is looked at.
 */
public final class CheckpointCatalog {
  private static final Pattern CHECKPOINT =
      Pattern.compile(".*/\\d{1,18}/manifests/\\d{1,18}\\.json");
  private static final String CLAIMS = "claims";

  private CheckpointCatalog() {}

  /**
   * A checkpoint or savepoint that should be there.
   *
   * @param path that {@code --restore} takes
   * @param point null if it can't be read
   * @param problem why it can't
   */
  public record Found(String path, @Nullable RestorePoint point, @Nullable IOException problem) {}

  /**
   * Finds what is at a path: the folder of a job's checkpoints, which has those that are kept, the
   * newest first; one checkpoint's manifest; or a savepoint's folder.
   *
   * @throws IOException if it is none of these, or can't be read
   */
  public static List<Found> find(String path) throws IOException {
    if (CHECKPOINT.matcher(path).matches()) {
      return List.of(readSingle(path));
    }
    String folder =
        path.endsWith("/" + Layout.SAVEPOINT_MANIFEST)
            ? path.substring(0, path.lastIndexOf('/'))
            : path;
    StorageFolder root = StorageFolder.at(folder, false);
    if (root.list("").contains(Layout.SAVEPOINT_MANIFEST)) {
      return List.of(readSingle(folder));
    }
    if (!root.list(CLAIMS).isEmpty()) {
      return ofJob(root);
    }
    throw new IOException(
        "Expected the folder of a job's checkpoints (JOB below its --checkpointDir), a checkpoint"
            + " (JOB/RUN/manifests/NUMBER.json) or the folder of a complete savepoint, but "
            + path
            + " is none of these.");
  }

  private static Found readSingle(String path) {
    try {
      return new Found(path, point(Restore.at(path, false)), null);
    } catch (IOException e) {
      return new Found(path, null, e);
    }
  }

  private static List<Found> ofJob(StorageFolder root) throws IOException {
    History history = History.read(root, Long.MAX_VALUE);
    List<CheckpointRef> kept = new ArrayList<>(history.earlier());
    if (history.latest() != null) {
      kept.add(0, history.latest());
    }
    List<Found> found = new ArrayList<>();
    for (CheckpointRef each : kept) {
      found.add(read(root, each));
    }
    return found;
  }

  private static Found read(StorageFolder root, CheckpointRef ref) {
    String file = Layout.manifest(ref);
    String path = root.describe(file);
    try {
      Manifest manifest = History.readManifest(root, file);
      return new Found(
          path, point(new Restore.Source(manifest, root, Restore.name(ref, root), false)), null);
    } catch (IOException e) {
      return new Found(path, null, e);
    }
  }

  /** Reads by the thread that calls. */
  private static RestorePoint point(Restore.Source source) {
    return new RestorePoint(source, new LocalCache(null), Runnable::run, () -> {});
  }
}
