package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.Preparation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task's side of checkpoints: takes its snapshot when the barriers are together, or when that
 * takes too long, and sends the barrier on. When the task has done its work, it stays until a last
 * checkpoint has made that durable.
 *
 * <p><i>Ownership:</i> one task.
 */
final class TaskCheckpoints {
  private final TaskId id;
  private final TaskParts parts;
  private final TaskInput input;
  private final TaskOutput output;
  private final TaskAssembly.Checkpointing settings;
  private final Consumer<TaskEvent> coordinator;
  private final TaskSnapshots snapshots;
  private final Alignment alignment;
  private final int maxParallelism;
  private final Clock clock;

  /** What had been counted at the last snapshot. */
  private MetricsSnapshot metrics = MetricsSnapshot.empty();

  /** A snapshot that was taken before its barriers were together. */
  private @Nullable InFlightRecording recording;

  /** The checkpoint whose barriers are awaited, and since when. */
  private long awaited;

  private long awaitedSinceMillis;

  /**
   * How long snapshots have kept the task from its work: the last one, and the rest of the one
   * before.
   */
  private long pauseMillis;

  /** Set while a snapshot is prepared. */
  private @Nullable PreparationPace preparation;

  private boolean saidPrepared;
  private boolean saidWanted;

  /** The snapshot of a checkpoint that stops the job has been taken. */
  private boolean resting;

  private long restingSince;
  private boolean saidDone;
  private boolean mayEnd;

  TaskCheckpoints(
      TaskId id,
      TaskParts parts,
      TaskInput input,
      TaskOutput output,
      TaskAssembly.Settings settings,
      Consumer<TaskEvent> coordinator) {
    this.id = id;
    this.parts = parts;
    this.input = input;
    this.output = output;
    this.settings = settings.checkpointing();
    this.maxParallelism = settings.maxParallelism();
    this.clock = settings.clock();
    this.coordinator = coordinator;
    this.snapshots = new TaskSnapshots(parts);
    this.alignment = new Alignment(parts.inboxes(), this.settings.holdsBack());
  }

  /** Gives the operators back what they had, and the task what was on its way to it. */
  void restore(RestoredTask restored) {
    snapshots.restore(restored);
    for (Inbox inbox : input.mainInboxes()) {
      String name = name(inbox);
      InFlightCodec codec = new InFlightCodec(inbox.exchange());
      for (RestoredTask.InFlight each : restored.inFlight()) {
        if (each.input().equals(name) && (codec.keyed() || each.ownSlot())) {
          Frame.Elements elements = codec.decode(each.elements(), this::isOwn);
          if (elements != null) {
            inbox.putAhead(elements);
          }
        }
      }
    }
  }

  private boolean isOwn(EncodedKey key) {
    return parts.keyGroups().contains(KeyGroups.groupOf(key, maxParallelism));
  }

  /** An input's name in snapshots. */
  private String name(Inbox inbox) {
    return parts.transforms().get(inbox.operator()) + " < " + inbox.exchange().collection().name();
  }

  void handle(TaskCommand command) {
    if (command instanceof TaskCommand.PrepareSnapshot) {
      int unwritten = parts.state().unwritten();
      preparation = new PreparationPace(clock.nanos(), unwritten);
      saidPrepared = false;
      if (unwritten == 0) {
        // Otherwise it would say so at the end of its bundle, which may be long if little comes.
        sayPrepared();
      }
    } else if (command instanceof TaskCommand.BeginCheckpoint begin) {
      alignment.begin(new Frame.Barrier(begin.checkpoint(), begin.portable(), begin.stops()));
    } else if (command instanceof TaskCommand.GiveUpCheckpoint giveUp) {
      alignment.giveUp(giveUp.checkpoint());
      preparation = null;
      resting &= giveUp.checkpoint() < restingSince;
      saidWanted = false;
    } else if (command instanceof TaskCommand.CheckpointCompleted completed) {
      snapshots.checkpointCompleted(completed.checkpoint());
      saidWanted = false;
    } else if (command instanceof TaskCommand.End) {
      mayEnd = true;
    }
  }

  /**
   * Does a part of what can be done for a snapshot ahead of it, between bundles, and goes on until
   * it is taken: other tasks may take longer to be prepared.
   *
   * @param idle there was nothing else to do
   * @return how much was done
   */
  int prepare(boolean idle) {
    PreparationPace pace = preparation;
    if (pace == null || !pace.mayWrite(clock.nanos(), parts.state().unwritten(), idle)) {
      return 0;
    }
    Preparation progress = parts.state().prepareSnapshot(pace.entriesMax(), pace.enough());
    if (progress == Preparation.WORKED) {
      pace.written(clock.nanos(), parts.state().unwritten());
      return 1;
    }
    if (progress == Preparation.DONE && !saidPrepared) {
      sayPrepared();
    }
    return 0;
  }

  private void sayPrepared() {
    saidPrepared = true;
    coordinator.accept(new TaskEvent.SnapshotPrepared(id));
  }

  /** A checkpoint has begun, and the snapshot is not yet taken. */
  boolean isSnapshotAwaited() {
    return alignment.current() != null && recording == null;
  }

  /** A snapshot is to be taken now: the bundle has to end before. */
  boolean isSnapshotDue(long nowMillis) {
    Frame.Barrier barrier = alignment.current();
    if (recording != null || barrier == null) {
      return false;
    }
    if (barrier.checkpoint() != awaited) {
      awaited = barrier.checkpoint();
      awaitedSinceMillis = nowMillis;
    }
    return alignment.isComplete()
        || (settings.holdsBack()
            && !barrier.portable()
            && nowMillis - awaitedSinceMillis >= settings.alignmentTimeoutMillis()
            && input.takeSideInputsToBarriers());
  }

  /**
   * Takes the snapshot that is due. The coordinator's commands were taken before, so what it said
   * before the checkpoint is in it.
   */
  void takeSnapshot(long inputWatermarkMillis) {
    // What work has waited for the snapshot before, since that was reported, counts for this one.
    long startNanos = clock.nanos() - parts.state().takeWaitNanos();
    preparation = null;
    Frame.Barrier barrier = alignment.current();
    if (barrier == null) {
      throw new IllegalStateException("Expected a checkpoint to be under way in " + id);
    }
    TaskSnapshot snapshot =
        snapshots.take(
            barrier.checkpoint(), barrier.portable(), inputWatermarkMillis, output.watermark());
    output.sendBarrier(barrier);
    metrics = parts.metrics().snapshot();
    // What is committed is never more than what has been reported.
    coordinator.accept(new TaskEvent.MetricsReported(id, metrics));
    if (barrier.stops()) {
      resting = true;
      restingSince = barrier.checkpoint();
    }
    pauseMillis = TimeUnit.NANOSECONDS.toMillis(clock.nanos() - startNanos);
    if (alignment.isComplete()) {
      report(barrier.checkpoint(), snapshot);
    } else {
      recording = new InFlightRecording(barrier, snapshot, input.mainInboxes());
    }
  }

  private void report(long checkpoint, TaskSnapshot snapshot) {
    alignment.taken();
    coordinator.accept(new TaskEvent.SnapshotTaken(id, checkpoint, snapshot, metrics, pauseMillis));
  }

  /** Goes on recording what was on its way when a snapshot was taken. */
  void record() {
    InFlightRecording current = recording;
    if (current == null) {
      return;
    }
    Frame.Barrier barrier = alignment.current();
    if (barrier == null || barrier.checkpoint() != current.checkpoint()) {
      recording = null;
      current.close();
    } else if (current.advance()) {
      recording = null;
      List<String> names = input.mainInboxes().stream().map(this::name).toList();
      report(barrier.checkpoint(), current.complete(names));
    }
  }

  /**
   * The task has done its work. It may end, unless a checkpoint has to follow: then it says so, and
   * waits.
   *
   * @return how much was done
   */
  int workDone() {
    if (!settings.enabled() || saidDone || output.isBlocked()) {
      return 0;
    }
    saidDone = true;
    coordinator.accept(new TaskEvent.WorkDone(id));
    return 1;
  }

  /** Nothing is to be done but what commands ask for. */
  boolean isResting() {
    return resting;
  }

  /**
   * Nothing is left to do but what waits for a checkpoint: asks for one, once until it has ended.
   */
  void want() {
    if (!saidWanted) {
      saidWanted = true;
      coordinator.accept(new TaskEvent.CheckpointWanted(id));
    }
  }

  boolean mayEnd() {
    return mayEnd || !settings.enabled();
  }

  void close() {
    if (recording != null) {
      recording.close();
    }
  }
}
