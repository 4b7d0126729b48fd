package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.checkpoint.manifest.JobEntry;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.job.checkpoint.CheckpointSource;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A job that goes on from a checkpoint. Everything is found by the names of transforms: the plan
 * may have other stages than that of the checkpoint, and other numbers of slots.
 *
 * <p>A task takes after every task of the checkpoint that had one of its transforms. Its watermarks
 * are the earliest of theirs. The state of its key groups is in as many of theirs as overlap. The
 * parts of an operator stay in their slots if there are as many slots as before, and are dealt out
 * in turn if there are not.
 */
final class RestoredStart implements JobStart {
  private final ExecutionPlan plan;
  private final JobSettings settings;
  private final CheckpointSource source;
  private final SourceSplits splits;
  private final RestoredStates states;
  private final MetricsSnapshot metrics;
  private final boolean draining;

  /** Read when the first task asks. */
  private final Map<TaskEntry, Map<String, List<byte[]>>> parts = new IdentityHashMap<>();

  RestoredStart(ExecutionPlan plan, JobSettings settings, CheckpointSource source) {
    this.plan = plan;
    this.settings = settings;
    this.source = source;
    // Read now: later checkpoints take the place of this one.
    this.metrics = source.metrics();
    Map<String, List<byte[]>> left = source.splitsLeft();
    this.draining = left.containsKey(JobEntry.DRAINING);
    this.states = new RestoredStates(settings, source);
    this.splits = SourceSplits.left(plan, settings.parallelism(), settings.options(), left);
  }

  @Override
  public SourceSplits splits() {
    return splits;
  }

  @Override
  public MetricsSnapshot metrics() {
    return metrics;
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public KeptGears gears() {
    return source.gears();
  }

  private Stage stage(TaskId id) {
    return plan.stages().get(id.stage());
  }

  private int slots(Stage stage) {
    return stage.parallel() ? settings.parallelism() : 1;
  }

  private static Set<String> transforms(Stage stage) {
    return stage.operators().stream().map(Operator::transform).collect(Collectors.toSet());
  }

  /** The tasks of the checkpoint that had one of these transforms, by slot. */
  private List<TaskEntry> entries(Set<String> transforms) {
    return source.tasks().stream()
        .filter(each -> each.transforms().stream().anyMatch(transforms::contains))
        .sorted(Comparator.comparing(TaskEntry::slot))
        .toList();
  }

  @Override
  public RestoredTask task(TaskId id) {
    Stage stage = stage(id);
    long input = Timestamps.MAX_MILLIS;
    long output = Timestamps.MAX_MILLIS;
    List<TaskEntry> entries = entries(transforms(stage));
    for (TaskEntry each : entries) {
      input = Math.min(input, each.inputWatermarkMillis());
      output = Math.min(output, each.outputWatermarkMillis());
    }
    if (entries.isEmpty()) {
      input = Timestamps.MIN_MILLIS;
      output = Timestamps.MIN_MILLIS;
    }
    Map<String, RestoredOperator> operators = new HashMap<>();
    for (String transform : transforms(stage)) {
      List<TaskEntry> ofTransform = entries(Set.of(transform));
      requireAllSlots(transform, ofTransform);
      if (!ofTransform.isEmpty()) {
        operators.put(
            transform,
            new RestoredOperator(
                parts(transform, ofTransform, id.slot(), slots(stage)),
                ofTransform.stream().flatMap(each -> parts(transform, each).stream()).toList(),
                files(transform, ofTransform)));
      }
    }
    return new RestoredTask(input, output, operators, inFlight(entries, id.slot(), slots(stage)));
  }

  private void requireAllSlots(String transform, List<TaskEntry> entries) {
    for (int slot = 0; slot < entries.size(); slot++) {
      TaskEntry entry = entries.get(slot);
      if (entry.slot() != slot || entry.slots() != entries.size()) {
        throw new IllegalStateException(
            "Expected each slot of transform '"
                + transform
                + "' once, but found slot "
                + entry.slot()
                + " of "
                + entry.slots()
                + " among "
                + entries.size()
                + " ("
                + source
                + ")");
      }
    }
  }

  private List<byte[]> parts(String transform, List<TaskEntry> entries, int slot, int slots) {
    List<byte[]> own = new ArrayList<>();
    int dealt = 0;
    for (int i = 0; i < entries.size(); i++) {
      for (byte[] each : parts(transform, entries.get(i))) {
        int to = entries.size() == slots ? i : dealt % slots;
        dealt++;
        if (to == slot) {
          own.add(each);
        }
      }
    }
    return own;
  }

  private List<byte[]> parts(String transform, TaskEntry entry) {
    return parts.computeIfAbsent(entry, source::parts).getOrDefault(transform, List.of());
  }

  private List<RestoredOperator.File> files(String transform, List<TaskEntry> entries) {
    Map<String, RestoredOperator.File> files = new LinkedHashMap<>();
    for (TaskEntry entry : entries) {
      entry
          .files()
          .getOrDefault(transform, List.of())
          .forEach(each -> files.putIfAbsent(each.name(), source.open(each)));
    }
    return List.copyOf(files.values());
  }

  /** If the number of slots has changed, every slot looks for keys of its own. */
  private List<RestoredTask.InFlight> inFlight(List<TaskEntry> entries, int slot, int slots) {
    List<RestoredTask.InFlight> inFlight = new ArrayList<>();
    for (TaskEntry each : entries) {
      boolean ownSlot = each.slot() % slots == slot;
      if (ownSlot || each.slots() != slots) {
        inFlight.addAll(source.inFlight(each, ownSlot));
      }
    }
    return inFlight;
  }

  @Override
  public void prepareState(TaskId id, String name, KeyGroupRange keyGroups) {
    Set<String> transforms = transforms(stage(id));
    states.prepare(name, keyGroups, entries(transforms), transforms);
  }

  @Override
  public void awaitStates() {
    states.await();
  }

  @Override
  public void closeStates() {
    states.close();
  }

  @Override
  public TaskState openState(String name, KeyGroupRange keyGroups) {
    return states.open(name, keyGroups);
  }
}
