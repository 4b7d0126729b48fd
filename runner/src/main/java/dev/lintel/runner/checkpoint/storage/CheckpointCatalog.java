package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
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

  /** What tells a job's folder or a savepoint below a folder that has several. */
  private static final Pattern BELOW =
      Pattern.compile("(?:([^/]+)/claims/[^/]+|((?:savepoints/)?[^/]+)/manifest\\.json)");

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
   * Finds what is at a path: one checkpoint's manifest; a savepoint's folder; the folder of a job's
   * checkpoints, which has those that are kept, the newest first; or a folder of such folders.
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
    List<Found> found = below(root);
    if (found.isEmpty()) {
      throw new IOException(
          "Expected a --checkpointDir, the folder of a job's checkpoints in it, a checkpoint"
              + " (JOB/RUN/manifests/NUMBER.json) or the folder of a complete savepoint, but "
              + path
              + " is none of these, or has no complete checkpoint.");
    }
    return found;
  }

  private static List<Found> below(StorageFolder root) throws IOException {
    Set<String> jobs = new TreeSet<>();
    Set<String> savepoints = new TreeSet<>();
    for (String each : root.listAll()) {
      Matcher matcher = BELOW.matcher(each);
      if (matcher.matches()) {
        if (matcher.group(1) != null) {
          jobs.add(matcher.group(1));
        } else {
          savepoints.add(matcher.group(2));
        }
      }
    }
    List<Found> found = new ArrayList<>();
    for (String each : jobs) {
      found.addAll(ofJob(root.folder(each)));
    }
    for (String each : savepoints) {
      found.add(readSingle(root.folder(each).toString().replaceFirst("/$", "")));
    }
    return found;
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
