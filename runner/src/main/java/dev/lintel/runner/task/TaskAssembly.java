package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.exchange.Outbox;
import dev.lintel.runner.fault.Faults;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.operator.JobPlace;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.runner.operator.OperatorContext;
import dev.lintel.runner.operator.OperatorException;
import dev.lintel.runner.operator.OperatorFactory;
import dev.lintel.runner.operator.Output;
import dev.lintel.runner.operator.RowOutput;
import dev.lintel.runner.operator.SourceReader;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.runner.sideinput.RestoredPanes;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.splittable.Slice;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Partitioning;
import dev.lintel.translation.plan.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Builds one task from its stage: the operators from the last to the first, each with its outputs
 * already there.
 *
 * <p>Runs on the thread that starts the job; the task belongs to its own thread from then on.
 */
public final class TaskAssembly {
  private final Stage stage;
  private final TaskId id;
  private final Edges edges;
  private final Settings settings;
  private final Faults.@Nullable Trigger faults;
  private final List<Outbox> outboxes = new ArrayList<>();
  private final List<StreamOperator> operators = new ArrayList<>();
  private final Bundle bundle;

  /** Filled when the task exists; operators report failures to it. */
  private @Nullable Task task;

  /**
   * What does not depend on the task.
   *
   * @param scriptedTime a script sets the processing time, by command; the clock then only times
   *     bundles and reports
   * @param checkpointing whether and how the tasks take part in checkpoints
   * @param jobId see {@link JobPlace#jobId}
   * @param lifeId see {@link JobPlace#lifeId}
   * @param restoredPanes what the job's checkpoint has of side inputs
   */
  public record Settings(
      PipelineOptions options,
      int maxParallelism,
      TaskLimits limits,
      SpillSpace spill,
      Clock clock,
      boolean scriptedTime,
      Checkpointing checkpointing,
      String jobId,
      String lifeId,
      RestoredPanes restoredPanes) {
    JobPlace place(int slot, int slots) {
      return new JobPlace(jobId, lifeId, slot, slots);
    }

    Slice.Limits sliceLimits() {
      return new Slice.Limits(clock, limits.bundleElementsMax(), limits.bundleMillisMax());
    }
  }

  /**
   * How tasks take part in checkpoints.
   *
   * @param enabled checkpoints are taken
   * @param holdsBack a channel that has given its barrier waits for the others
   * @param alignmentTimeoutMillis after which the elements on their way become part of the snapshot
   * @param gears how groupings keep what they have
   */
  public record Checkpointing(
      boolean enabled, boolean holdsBack, long alignmentTimeoutMillis, KeptGears gears) {}

  /** The exchanges of one task with their channels. */
  public interface Edges {
    /** The key groups that the task owns. */
    KeyGroupRange keyGroups();

    /** How many slots the task's stage has. */
    int slots();

    List<Inbox> inboxes();

    /** The exchanges that carry a collection away from the task's stage. */
    List<Exchange> outgoing(Collection collection);

    /** The channels of an outgoing exchange by consumer slot. */
    Channel[] channels(Exchange exchange);

    Outbox.BackPressure backPressure();
  }

  /**
   * @param faults null in production
   */
  public TaskAssembly(
      Stage stage, TaskId id, Edges edges, Settings settings, Faults.@Nullable Trigger faults) {
    this.stage = stage;
    this.id = id;
    this.edges = edges;
    this.settings = settings;
    this.faults = faults;
    this.bundle = new Bundle(operators, settings.limits);
  }

  /**
   * @param stateOnDemand opens the task's state, which the task closes
   * @param restored null if the job begins anew
   */
  public Task assemble(
      Supplier<TaskState> stateOnDemand,
      OperatorFactory.SourceControl control,
      @Nullable RestoredTask restored,
      Consumer<TaskEvent> coordinator) {
    TaskStateOnDemand state = new TaskStateOnDemand(stateOnDemand);
    try {
      return assemble(state, control, restored, coordinator);
    } catch (RuntimeException | Error e) {
      // An operator has opened the state, and a later one could not be made.
      Closing closing = new Closing(e);
      closing.run(state::close);
      throw e;
    }
  }

  private Task assemble(
      TaskStateOnDemand state,
      OperatorFactory.SourceControl control,
      @Nullable RestoredTask restored,
      Consumer<TaskEvent> coordinator) {
    WatermarkHolds holds = new WatermarkHolds();
    TaskMetrics metrics = new TaskMetrics();
    OperatorContext context =
        new OperatorContext(
            settings.options,
            state,
            holds,
            metrics,
            settings.spill,
            slotKey(),
            settings.sliceLimits(),
            settings.checkpointing.enabled(),
            settings.place(id.slot(), edges.slots()),
            settings.restoredPanes,
            settings.checkpointing.gears(),
            this::operatorFailed);
    int count = stage.operators().size();
    List<@Nullable StreamOperator> byIndex =
        new ArrayList<>(Collections.nCopies(count, (StreamOperator) null));
    SourceReader source = null;
    for (int i = count - 1; i >= 0; i--) {
      Operator spec = stage.operators().get(i);
      Map<String, Output> outputs = outputs(i, spec, byIndex, metrics);
      if (OperatorFactory.isSource(spec)) {
        outputs.replaceAll((collection, output) -> beginningBundles(output));
        source = OperatorFactory.source(spec, context, outputs, control);
      } else {
        StreamOperator operator = OperatorFactory.operator(spec, context, outputs);
        byIndex.set(i, operator);
        operators.add(0, operator);
      }
    }
    List<String> names =
        new ArrayList<>(stage.operators().stream().map(Operator::transform).toList());
    if (faults != null) {
      addFaultPoints(new FaultPoint(faults), byIndex, names);
    }
    TaskParts parts =
        new TaskParts(
            bundle,
            source,
            operators,
            byIndex,
            names,
            place(),
            edges.keyGroups(),
            edges.inboxes(),
            outboxes,
            state,
            holds,
            metrics,
            edges.slots() > 1);
    task = new Task(id, parts, settings, restored, coordinator);
    return task;
  }

  /** Beside the plan's operators, so that no path of an element knows of them. */
  private void addFaultPoints(
      FaultPoint point, List<@Nullable StreamOperator> byIndex, List<String> names) {
    operators.add(0, point);
    operators.add(point);
    byIndex.add(point);
    names.add("faults");
  }

  private TaskSnapshot.Place place() {
    return new TaskSnapshot.Place(
        stage.name(),
        id.slot(),
        edges.slots(),
        stage.operators().stream().map(Operator::transform).toList());
  }

  private void operatorFailed(OperatorException failure) {
    if (task != null) {
      task.operatorFailed(failure);
    }
  }

  /** A source's elements open the bundle: looking for some that are not there does not. */
  private Output beginningBundles(Output output) {
    return element -> {
      bundle.begin();
      output.emit(element);
    };
  }

  private Map<String, Output> outputs(
      int index, Operator spec, List<@Nullable StreamOperator> byIndex, TaskMetrics metrics) {
    Map<String, Output> outputs = new HashMap<>();
    for (Collection collection : spec.outputs()) {
      List<CollectionOutput> targets = new ArrayList<>();
      for (Stage.FusedEdge edge : stage.edges()) {
        StreamOperator consumer = byIndex.get(edge.to());
        if (edge.from() == index
            && edge.collection().id().equals(collection.id())
            && consumer != null) {
          targets.add(CollectionOutput.toOperator(consumer));
        }
      }
      for (Exchange exchange : edges.outgoing(collection)) {
        Outbox outbox = outbox(exchange);
        outboxes.add(outbox);
        targets.add(CollectionOutput.toOutbox(outbox));
      }
      if (!targets.isEmpty()) {
        CollectionOutput output = CollectionOutput.toAll(targets);
        metrics.countElements(spec.transform(), collection.name(), output::elements);
        outputs.put(collection.id(), RowOutput.of(collection.coder(), output));
      }
    }
    return outputs;
  }

  private Outbox outbox(Exchange exchange) {
    KeyEncoder encoder =
        exchange.partitioning() == Partitioning.BY_KEY
            ? new KeyEncoder(
                ((KvCoder<?, ?>) exchange.collection().coder()).getKeyCoder(),
                exchange.collection().name())
            : null;
    return new Outbox(
        exchange.partitioning(),
        edges.channels(exchange),
        encoder,
        settings.maxParallelism,
        id.slot(),
        edges.backPressure());
  }

  /** The first four-byte key whose group belongs to the task. */
  private EncodedKey slotKey() {
    for (int i = 0; ; i++) {
      EncodedKey key = new EncodedKey(ByteBuffer.allocate(4).putInt(i).array());
      if (edges.keyGroups().contains(KeyGroups.groupOf(key, settings.maxParallelism))) {
        return key;
      }
    }
  }
}
