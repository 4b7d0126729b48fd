package dev.lintel.runner.checkpoint.manifest;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One task's snapshot, stored.
 *
 * @param stage its name, for people: a restore goes by the names of transforms
 * @param slots how many tasks ran the stage
 * @param transforms all that were fused in the stage
 * @param inputWatermarkMillis where the task's watermarks stood
 * @param parts what {@link PartsCodec} made of the parts of the task's operators
 * @param files of the operators, by transform
 * @param inFlight the elements that were on their way to the task, by the input of the stage
 */
public record TaskEntry(
    String stage,
    int slot,
    int slots,
    List<String> transforms,
    long inputWatermarkMillis,
    long outputWatermarkMillis,
    @Nullable StateEntry state,
    @Nullable Blob parts,
    Map<String, List<NamedFile>> files,
    Map<String, List<NamedFile>> inFlight) {
  public TaskEntry {
    transforms = List.copyOf(transforms);
    files = Map.copyOf(files);
    inFlight = Map.copyOf(inFlight);
  }

  /** Tells of every file that the snapshot needs, some perhaps twice. */
  public void forEachFile(Consumer<StoredFile> action) {
    if (state != null) {
      state.files().forEach(each -> action.accept(each.file()));
    }
    if (parts != null && parts.file() != null) {
      action.accept(parts.file());
    }
    files.values().forEach(list -> list.forEach(each -> action.accept(each.file())));
    inFlight.values().forEach(list -> list.forEach(each -> action.accept(each.file())));
  }
}
