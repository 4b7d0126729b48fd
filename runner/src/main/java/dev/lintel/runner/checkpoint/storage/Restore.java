package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.RestoreRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --restore} comes to.
 *
 * @param source what to begin with; null to begin anew
 * @param record what is to be written down before the run begins
 */
record Restore(@Nullable Source source, RestoreRecord record) {

  /**
   * A manifest and where its files are.
   *
   * @param own it is a checkpoint of this job: its files may be shared
   */
  record Source(Manifest manifest, StorageFolder root, String name, boolean own) {}

  /**
   * @param choice {@code latest}, {@code previous}, {@code none} or a path
   */
  static Restore resolve(String choice, StorageFolder root, History history, boolean forced)
      throws IOException {
    return switch (choice) {
      case "latest" ->
          history.latestPath() == null
              ? latest(root, history)
              : path(history.latestPath(), root, history, forced);
      case "previous" -> previous(root, history);
      case "none" -> new Restore(null, record(null, null, kept(history), history));
      default -> path(choice, root, history, forced);
    };
  }

  private static Restore latest(StorageFolder root, History history) throws IOException {
    CheckpointRef ref = history.latest();
    if (ref == null) {
      return new Restore(null, record(null, null, history.earlier(), history));
    }
    IOException failure = history.latestFailure();
    Manifest manifest = history.latestManifest();
    if (failure != null || manifest == null) {
      throw damaged(name(ref, root), failure);
    }
    if (manifest.job().ended()) {
      return new Restore(null, record(null, null, kept(history), history));
    }
    return own(manifest, root, kept(history), history);
  }

  private static Restore previous(StorageFolder root, History history) throws IOException {
    if (history.earlier().isEmpty()) {
      throw new IOException(
          "Expected a checkpoint before the latest one, but there is none (job="
              + root
              + "): start with --restore=none, or the path of a savepoint.");
    }
    CheckpointRef ref = history.earlier().get(0);
    return own(readOwn(root, ref), root, history.earlier(), history);
  }

  /** A path is that of a savepoint's folder, or that of a manifest. */
  private static Restore path(String path, StorageFolder root, History history, boolean forced)
      throws IOException {
    Source source = at(path, forced);
    CheckpointRef ref = source.manifest().ref();
    if (!source.root().toString().equals(root.toString())) {
      // Checkpoints that follow it have greater numbers, as tasks expect.
      long lastId = Math.max(history.lastId(), ref.id());
      return new Restore(source, new RestoreRecord(null, path, kept(history), lastId));
    }
    List<CheckpointRef> kept = new ArrayList<>(kept(history));
    if (!kept.remove(ref)) {
      throw new IOException(
          "Expected a checkpoint that is kept, but " + path + " is about to be deleted.");
    }
    kept.add(0, ref);
    return own(source.manifest(), root, kept, history);
  }

  /** Reads a savepoint, or a checkpoint by the path of its manifest. */
  static Source at(String path, boolean forced) throws IOException {
    StorageFolder folder;
    String file;
    int slash = path.lastIndexOf('/');
    boolean isCheckpoint = path.matches(".*/\\d{1,18}/manifests/\\d{1,18}\\.json") && slash > 0;
    if (isCheckpoint) {
      int epoch = path.lastIndexOf('/', path.lastIndexOf('/', slash - 1) - 1);
      folder = StorageFolder.at(path.substring(0, Math.max(1, epoch)), forced);
      file = path.substring(epoch + 1);
    } else {
      boolean isFile = path.endsWith("/" + Layout.SAVEPOINT_MANIFEST);
      folder = StorageFolder.at(isFile ? path.substring(0, slash) : path, forced);
      file = Layout.SAVEPOINT_MANIFEST;
    }
    String name = (isCheckpoint ? "the checkpoint " : "the savepoint ") + path;
    try {
      return new Source(History.readManifest(folder, file), folder, name, false);
    } catch (DamagedFileException e) {
      throw new DamagedCheckpointException(name, false, e);
    }
  }

  private static Restore own(
      Manifest manifest, StorageFolder root, List<CheckpointRef> kept, History history) {
    CheckpointRef ref = manifest.ref();
    Source source = new Source(manifest, root, name(ref, root), true);
    return new Restore(source, record(ref, null, kept, history));
  }

  private static Manifest readOwn(StorageFolder root, CheckpointRef ref) throws IOException {
    try {
      return History.readManifest(root, Layout.manifest(ref));
    } catch (DamagedFileException e) {
      throw damaged(name(ref, root), e);
    }
  }

  private static IOException damaged(String name, @Nullable IOException failure) {
    return failure instanceof DamagedFileException damage
        ? new DamagedCheckpointException(name, true, damage)
        : new IOException("Expected to read " + name + ", but can't.", failure);
  }

  private static RestoreRecord record(
      @Nullable CheckpointRef from,
      @Nullable String path,
      List<CheckpointRef> kept,
      History history) {
    return new RestoreRecord(from, path, kept, history.lastId());
  }

  private static List<CheckpointRef> kept(History history) {
    List<CheckpointRef> all = new ArrayList<>(history.earlier());
    if (history.latest() != null) {
      all.add(0, history.latest());
    }
    return all;
  }

  static String name(CheckpointRef ref, StorageFolder root) {
    return "the checkpoint " + ref + " (" + root.describe(Layout.manifest(ref)) + ")";
  }
}
