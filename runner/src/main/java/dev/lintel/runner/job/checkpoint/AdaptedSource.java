package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.checkpoint.manifest.NamedFile;
import dev.lintel.runner.checkpoint.manifest.StateEntry;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.RestorePoint;
import dev.lintel.runner.compatibility.Compatibility;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.runner.sideinput.PaneFiles;
import dev.lintel.state.StateSelection;
import dev.lintel.state.StoredSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A checkpoint that another plan has taken, as if this one had: everything is under the names that
 * its transforms have now, without what nothing takes.
 */
final class AdaptedSource implements CheckpointSource {
  private final CheckpointSource stored;
  private final Compatibility compatibility;

  /** Made once: a task is asked for by its entry. */
  private final List<TaskEntry> tasks;

  AdaptedSource(CheckpointSource stored, Compatibility compatibility) {
    this.stored = stored;
    this.compatibility = compatibility;
    this.tasks = stored.tasks().stream().map(this::adapted).toList();
  }

  private TaskEntry adapted(TaskEntry task) {
    return new TaskEntry(
        task.stage(),
        task.slot(),
        task.slots(),
        task.transforms().stream().map(compatibility::newName).toList(),
        task.inputWatermarkMillis(),
        task.outputWatermarkMillis(),
        task.state(),
        task.parts(),
        ofTransforms(task.files(), files -> files.stream().map(this::adapted).toList()),
        ofInputs(task.inFlight()));
  }

  /** The name of a side input's pane has the name of its collection in it. */
  private NamedFile adapted(NamedFile file) {
    return new NamedFile(
        PaneFiles.renamed(file.name(), compatibility::newCollectionName), file.file());
  }

  private <T> Map<String, T> ofTransforms(Map<String, T> stored, Function<T, T> adapted) {
    Map<String, T> byNewName = new LinkedHashMap<>();
    stored.forEach(
        (transform, value) -> {
          if (!compatibility.isLeft(transform)) {
            byNewName.put(compatibility.newName(transform), adapted.apply(value));
          }
        });
    return byNewName;
  }

  private <T> Map<String, T> ofInputs(Map<String, T> stored) {
    Map<String, T> byNewName = new LinkedHashMap<>();
    stored.forEach((input, value) -> byNewName.put(compatibility.newInputName(input), value));
    return byNewName;
  }

  @Override
  public long number() {
    return stored.number();
  }

  @Override
  public int maxParallelism() {
    return stored.maxParallelism();
  }

  @Override
  public List<TaskEntry> tasks() {
    return tasks;
  }

  @Override
  public Map<String, List<byte[]>> parts(TaskEntry task) {
    return ofTransforms(stored.parts(task), Function.identity());
  }

  @Override
  public RestoredOperator.File open(NamedFile file) {
    return stored.open(file);
  }

  @Override
  public List<RestoredTask.InFlight> inFlight(TaskEntry task, boolean ownSlot) {
    return stored.inFlight(task, ownSlot);
  }

  @Override
  public CompletableFuture<StoredSnapshot> fetch(StateEntry state, String name) {
    return stored.fetch(state, name);
  }

  @Override
  public RestorePoint.Fetched fetched() {
    return stored.fetched();
  }

  @Override
  public StateSelection selection(Set<String> transforms) {
    return compatibility.selection(transforms);
  }

  @Override
  public KeptGears gears() {
    return compatibility.gears();
  }

  @Override
  public Map<String, List<byte[]>> splitsLeft() {
    return ofTransforms(stored.splitsLeft(), Function.identity());
  }

  @Override
  public MetricsSnapshot metrics() {
    return stored.metrics();
  }

  @Override
  public String toString() {
    return stored.toString();
  }
}
