package dev.lintel.console;

import dev.lintel.runner.checkpoint.manifest.Blob;
import dev.lintel.runner.checkpoint.manifest.JobEntry;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.NamedFile;
import dev.lintel.runner.checkpoint.manifest.StateEntry;
import dev.lintel.runner.checkpoint.manifest.StoredFile;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.RestorePoint;
import dev.lintel.runner.compatibility.KeptText;
import dev.lintel.runner.watermark.Timestamps;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A checkpoint for people. */
final class CheckpointText {
  private static final String UNKNOWN = "?";

  private CheckpointText() {}

  static String job(CheckpointFolder.Entry entry) {
    RestorePoint point = entry.point();
    return point == null ? UNKNOWN : point.manifest().job().name();
  }

  /** Job, number, kind, time, size and path. */
  static String[] row(CheckpointFolder.Entry entry) {
    RestorePoint point = entry.point();
    if (point == null) {
      return new String[] {UNKNOWN, UNKNOWN, "damaged", "", "", entry.path()};
    }
    Manifest manifest = point.manifest();
    return new String[] {
      manifest.job().name(),
      Long.toString(manifest.ref().id()),
      kind(manifest),
      new Instant(manifest.completedMillis()).toString(),
      Amounts.bytes(bytes(manifest.files().values())),
      entry.path()
    };
  }

  private static String kind(Manifest manifest) {
    return manifest.kind().name().toLowerCase(Locale.ROOT);
  }

  private static long bytes(Collection<StoredFile> files) {
    return files.stream().mapToLong(StoredFile::length).sum();
  }

  static String of(String path, RestorePoint point) {
    Manifest manifest = point.manifest();
    String gap = System.lineSeparator() + System.lineSeparator();
    return head(path, point) + gap + stages(manifest) + gap + transforms(point);
  }

  private static Table head(String path, RestorePoint point) {
    Manifest manifest = point.manifest();
    Table table =
        new Table()
            .row(kind(manifest), Long.toString(manifest.ref().id()))
            .row("path", path)
            .row("job", manifest.job().name())
            .row("completed", new Instant(manifest.completedMillis()).toString())
            .row(
                "written by",
                "Lintel " + manifest.lintelVersion() + " with Beam " + manifest.beamVersion())
            .row(
                "size",
                Amounts.bytes(bytes(manifest.files().values()))
                    + " in "
                    + Amounts.count(manifest.files().size(), "file"))
            .row("key groups", Integer.toString(manifest.job().maxParallelism()));
    if (manifest.job().ended()) {
      table.row("the job", "had come to its end by itself: its next start begins anew");
    } else if (parts(point, manifest.job().parts()).containsKey(JobEntry.DRAINING)) {
      table.row("the job", "was draining, and goes on with that");
    }
    return table;
  }

  // ---- stages ----

  private static Table stages(Manifest manifest) {
    // Several may have the same name, but none has another's transforms.
    Map<List<String>, Sums> stages = new LinkedHashMap<>();
    for (TaskEntry each : manifest.tasks()) {
      stages.computeIfAbsent(each.transforms(), any -> new Sums(each.stage())).add(each);
    }
    Table table =
        new Table()
            .row(
                "STAGE", "SLOTS", "STATE", "FORMAT", "ON ITS WAY", "WATERMARK IN", "WATERMARK OUT");
    stages
        .values()
        .forEach(
            sums ->
                table.row(
                    sums.stage,
                    Integer.toString(sums.slots),
                    sums.format.isEmpty() ? "" : Amounts.bytes(sums.stateBytes),
                    sums.format,
                    sums.inFlightBytes == 0 ? "" : Amounts.bytes(sums.inFlightBytes),
                    Timestamps.text(sums.inputMillis),
                    Timestamps.text(sums.outputMillis)));
    return table;
  }

  /** Of a stage's tasks. */
  private static final class Sums {
    private final String stage;
    private int slots;
    private long stateBytes;
    private long inFlightBytes;
    private String format = "";
    private long inputMillis = Long.MAX_VALUE;
    private long outputMillis = Long.MAX_VALUE;

    Sums(String stage) {
      this.stage = stage;
    }

    void add(TaskEntry task) {
      slots++;
      StateEntry state = task.state();
      if (state != null) {
        stateBytes += length(state.files());
        format = state.format().name().toLowerCase(Locale.ROOT);
      }
      task.inFlight().values().forEach(each -> inFlightBytes += length(each));
      inputMillis = Math.min(inputMillis, task.inputWatermarkMillis());
      outputMillis = Math.min(outputMillis, task.outputWatermarkMillis());
    }
  }

  private static long length(List<NamedFile> files) {
    return files.stream().mapToLong(each -> each.file().length()).sum();
  }

  // ---- transforms ----

  private static Table transforms(RestorePoint point) {
    Map<String, Kept> kept = new TreeMap<>();
    for (TaskEntry task : point.manifest().tasks()) {
      parts(point, task.parts())
          .forEach((name, parts) -> kept.computeIfAbsent(name, any -> new Kept()).add(parts));
      task.files()
          .forEach((name, files) -> kept.computeIfAbsent(name, any -> new Kept()).addFiles(files));
      task.transforms().stream()
          .filter(each -> !KeptText.kind(point.manifest().job().plan(), each).isEmpty())
          .forEach(each -> kept.computeIfAbsent(each, any -> new Kept()));
    }
    Table table = new Table().row("TRANSFORM", "KIND", "KEEPS");
    kept.forEach((name, what) -> addRows(table, point.manifest(), name, what));
    return table;
  }

  private static void addRows(Table table, Manifest manifest, String transform, Kept kept) {
    String first = transform;
    String kind = KeptText.kind(manifest.job().plan(), transform);
    if (kept.parts > 0 || kept.files > 0) {
      table.row(first, kind, kept.toString());
      first = "";
      kind = "";
    }
    for (KeptText.Line each : KeptText.kept(manifest.job().plan(), transform)) {
      String coder = each.coder().isEmpty() ? "" : ", " + each.coder();
      table.row(first, kind, each.name() + " (" + each.kind() + coder + ")");
      first = "";
      kind = "";
    }
    if (!first.isEmpty()) {
      table.row(first, kind, "");
    }
  }

  /** Of a transform, over its tasks. */
  private static final class Kept {
    private int parts;
    private long partBytes;
    private int files;
    private long fileBytes;

    void add(List<byte[]> more) {
      parts += more.size();
      more.forEach(each -> partBytes += each.length);
    }

    void addFiles(List<NamedFile> more) {
      files += more.size();
      fileBytes += length(more);
    }

    @Override
    public String toString() {
      String ofParts =
          parts == 0 ? "" : Amounts.count(parts, "part") + " of " + Amounts.bytes(partBytes);
      String ofFiles =
          files == 0 ? "" : Amounts.count(files, "file") + " of " + Amounts.bytes(fileBytes);
      return ofParts + (parts > 0 && files > 0 ? ", " : "") + ofFiles;
    }
  }

  private static Map<String, List<byte[]>> parts(RestorePoint point, @Nullable Blob blob) {
    try {
      return point.parts(blob);
    } catch (IOException e) {
      throw new ConsoleException(String.valueOf(e.getMessage()), e);
    }
  }
}
