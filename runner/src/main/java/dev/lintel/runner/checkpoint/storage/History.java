package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.Claims;
import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.JsonFormat;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.NewerFormatException;
import dev.lintel.runner.checkpoint.manifest.RestoreRecord;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What earlier runs of a job have left: read from the newest epoch in which a run has got so far as
 * to record what it began with. Whatever is in older epochs counts only if that epoch says so: its
 * owner may have gone on after it had been succeeded.
 *
 * @param latest what a run goes on from; null if there is nothing, or the last run did not begin
 *     with a checkpoint of the job, and has not completed one
 * @param latestPath what such a run began with instead; null if it began anew
 * @param latestManifest of {@code latest}, if it can be read
 * @param latestFailure why it can't
 * @param earlier the other checkpoints that are kept, the newest first
 * @param lastId the highest id so far
 */
record History(
    @Nullable CheckpointRef latest,
    @Nullable String latestPath,
    @Nullable Manifest latestManifest,
    @Nullable IOException latestFailure,
    List<CheckpointRef> earlier,
    long lastId) {

  static final History EMPTY = new History(null, null, null, null, List.of(), 0);

  /**
   * @param below the epoch of the run that reads
   */
  static History read(StorageFolder root, long below) throws IOException {
    List<Long> epochs =
        new Claims(root)
            .list().stream()
                .map(Claims.Claim::epoch)
                .filter(epoch -> epoch < below)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
    for (long epoch : epochs) {
      List<String> names = root.list(Layout.manifests(epoch));
      if (names.stream().anyMatch(Layout::isRestoredFrom)) {
        return ofEpoch(root, epoch, names);
      }
    }
    return EMPTY;
  }

  private static History ofEpoch(StorageFolder root, long epoch, List<String> names)
      throws IOException {
    List<CheckpointRef> own =
        names.stream()
            .map(Layout::manifestId)
            .flatMap(Optional::stream)
            .sorted(Comparator.reverseOrder())
            .map(id -> new CheckpointRef(epoch, id))
            .toList();
    RestoreRecord record = readRecord(root, epoch);
    CheckpointRef latest = own.isEmpty() ? record.from() : own.get(0);
    long lastId = own.isEmpty() ? record.lastId() : Math.max(own.get(0).id(), record.lastId());
    if (latest == null) {
      return new History(null, record.path(), null, null, record.retained(), lastId);
    }
    try {
      Manifest manifest = readManifest(root, Layout.manifest(latest));
      List<CheckpointRef> kept = own.isEmpty() ? record.retained() : manifest.retained();
      return new History(latest, null, manifest, null, without(latest, kept), lastId);
    } catch (DamagedFileException | NewerFormatException e) {
      // It can't say what is kept beside it: all that may be. What has gone shows when it is read.
      Set<CheckpointRef> kept = new LinkedHashSet<>(own);
      kept.addAll(record.retained());
      return new History(latest, null, null, e, without(latest, kept), lastId);
    }
  }

  private static List<CheckpointRef> without(CheckpointRef one, Iterable<CheckpointRef> all) {
    List<CheckpointRef> rest = new ArrayList<>();
    for (CheckpointRef each : all) {
      if (!each.equals(one)) {
        rest.add(each);
      }
    }
    return List.copyOf(rest);
  }

  private static RestoreRecord readRecord(StorageFolder root, long epoch) throws IOException {
    String path = Layout.restoredFrom(epoch);
    return JsonFormat.read(root.read(path), RestoreRecord.class, root.describe(path));
  }

  /**
   * @throws DamagedFileException also if it is missing: who calls knows that it should be there
   */
  static Manifest readManifest(StorageFolder root, String path) throws IOException {
    try {
      return JsonFormat.read(root.read(path), Manifest.class, root.describe(path));
    } catch (FileNotFoundException e) {
      throw new DamagedFileException(root.describe(path), e);
    }
  }
}
