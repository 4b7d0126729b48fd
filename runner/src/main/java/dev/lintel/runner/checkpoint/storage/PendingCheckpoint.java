package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.manifest.Blob;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.JobEntry;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.NamedFile;
import dev.lintel.runner.checkpoint.manifest.PartsCodec;
import dev.lintel.runner.checkpoint.manifest.StateEntry;
import dev.lintel.runner.checkpoint.manifest.StoredFile;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.state.snapshot.BytesFile;
import dev.lintel.state.snapshot.SnapshotFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint or savepoint that is being taken: tasks' snapshots are stored as they come, and once
 * all are, {@link #complete} decides it.
 *
 * <p><i>Ownership:</i> any thread may store; one completes or gives up. Futures are completed by
 * storage threads: what depends on them should go to the caller's own thread. <i>Failure:</i> a
 * future fails with a {@link CompletionException} whose cause says what happened; when storing has
 * failed, the caller gives up.
 */
public final class PendingCheckpoint {
  /** Smaller ones are kept in the manifest: most are, and a file each would cost more. */
  private static final int INLINE_BYTES_MAX = 4096;

  private final CheckpointRef ref;
  private final JobIdentity job;
  private final Target target;
  private final Executor io;
  private final AtomicLong storedBytes = new AtomicLong();
  private final AtomicLong sharedBytes = new AtomicLong();
  private State state = State.OPEN;

  private enum State {
    /** Snapshots are being stored. */
    OPEN,
    /** It is being decided; what comes of it, nobody else may say. */
    COMPLETING,
    /** It exists, or it is not known whether it does, or its future is another run's. */
    LEFT,
    /** It never existed; its files go. */
    GIVEN_UP
  }

  PendingCheckpoint(CheckpointRef ref, JobIdentity job, Target target, Executor io) {
    this.ref = ref;
    this.job = job;
    this.target = target;
    this.io = io;
    target.files().begin(ref);
  }

  public long id() {
    return ref.id();
  }

  /** The bytes of files that were stored for it so far. */
  public long storedBytes() {
    return storedBytes.get();
  }

  /** The bytes of files that it needs and were there already. */
  long sharedBytes() {
    return sharedBytes.get();
  }

  /**
   * Stores what a task has given. When the future is done, in whatever way, nothing reads the
   * snapshot any more.
   */
  public CompletableFuture<TaskEntry> store(TaskSnapshot snapshot) {
    List<CompletableFuture<?>> all = new ArrayList<>();
    TaskSnapshot.State taken = snapshot.state();
    CompletableFuture<List<NamedFile>> state = gather(placeState(taken), all);
    CompletableFuture<@Nullable Blob> parts =
        gather(blob(snapshot.place().stage() + "-parts", PartsCodec.encode(snapshot.parts())), all);
    Map<String, CompletableFuture<List<NamedFile>>> files = gather(snapshot.files(), all);
    Map<String, CompletableFuture<List<NamedFile>>> inFlight = gather(snapshot.inFlight(), all);
    return allOf(all)
        .thenApply(
            done ->
                new TaskEntry(
                    snapshot.place().stage(),
                    snapshot.place().slot(),
                    snapshot.place().slots(),
                    snapshot.place().transforms(),
                    snapshot.inputWatermarkMillis(),
                    snapshot.outputWatermarkMillis(),
                    taken == null
                        ? null
                        : new StateEntry(
                            taken.snapshot().format(), taken.keyGroups(), state.join()),
                    parts.join(),
                    joined(files),
                    joined(inFlight)));
  }

  /**
   * Decides the checkpoint. When the future has a manifest, the checkpoint exists and is this
   * run's: what was prepared for it may be made visible. Otherwise it is given up, unless the cause
   * is {@link UndecidedException} or {@link FencedException}, which say what to do.
   *
   * @param tasks of all tasks
   */
  public CompletableFuture<Manifest> complete(JobSnapshot snapshot, List<TaskEntry> tasks) {
    move(State.OPEN, State.COMPLETING);
    List<CompletableFuture<?>> all = new ArrayList<>();
    CompletableFuture<@Nullable Blob> parts =
        gather(blob("job-parts", PartsCodec.encode(snapshot.parts())), all);
    CompletableFuture<@Nullable Blob> metrics = gather(blob("metrics", snapshot.metrics()), all);
    return allOf(all)
        .thenApplyAsync(
            done ->
                decide(
                    new JobEntry(
                        job.name(),
                        snapshot.maxParallelism(),
                        snapshot.ended(),
                        snapshot.plan(),
                        parts.join(),
                        metrics.join()),
                    tasks),
            io)
        .whenComplete((manifest, failure) -> ended(failure));
  }

  private Manifest decide(JobEntry entry, List<TaskEntry> tasks) {
    synchronized (target) {
      Manifest manifest =
          new Manifest(
              ref,
              target.kind(),
              job.clock().millis(),
              job.lintelVersion(),
              job.beamVersion(),
              target.retainedBeside(),
              entry,
              tasks);
      try {
        target.decide(manifest);
        return manifest;
      } catch (IOException e) {
        throw new CompletionException(e);
      }
    }
  }

  private void ended(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause == null || cause instanceof UndecidedException || cause instanceof FencedException) {
      move(State.COMPLETING, State.LEFT);
    } else {
      move(State.COMPLETING, State.OPEN);
      giveUp();
    }
  }

  /**
   * Has everything removed that was stored for this checkpoint alone. Idempotent.
   *
   * @return false if it is being decided, or has been: then the future of {@link #complete} says
   *     what became of it
   */
  public boolean giveUp() {
    synchronized (this) {
      if (state != State.OPEN) {
        return state == State.GIVEN_UP;
      }
      state = State.GIVEN_UP;
    }
    target.giveUp(ref);
    return true;
  }

  private synchronized void move(State from, State to) {
    if (state != from) {
      throw new IllegalStateException(
          "Expected checkpoint " + ref + " to be " + from + ", but it is " + state);
    }
    state = to;
  }

  private CompletableFuture<@Nullable Blob> blob(String name, byte[] bytes) {
    return bytes.length <= INLINE_BYTES_MAX
        ? CompletableFuture.completedFuture(new Blob(bytes, null))
        : place(new BytesFile(name, bytes)).thenApply(file -> new Blob(null, file));
  }

  private static <T extends @Nullable Object> CompletableFuture<T> gather(
      CompletableFuture<T> one, List<CompletableFuture<?>> all) {
    all.add(one);
    return one;
  }

  private Map<String, CompletableFuture<List<NamedFile>>> gather(
      Map<String, List<SnapshotFile>> files, List<CompletableFuture<?>> all) {
    Map<String, CompletableFuture<List<NamedFile>>> placed = new LinkedHashMap<>();
    files.forEach((key, list) -> placed.put(key, gather(placeAll(list), all)));
    return placed;
  }

  /** The state's files may have to be waited for: not by the caller. */
  private CompletableFuture<List<NamedFile>> placeState(TaskSnapshot.@Nullable State taken) {
    if (taken == null) {
      return placeAll(List.of());
    }
    try {
      return CompletableFuture.supplyAsync(() -> taken.snapshot().files(), io)
          .thenCompose(this::placeAll);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<List<NamedFile>> placeAll(List<SnapshotFile> files) {
    List<CompletableFuture<NamedFile>> stored = new ArrayList<>();
    for (SnapshotFile each : files) {
      stored.add(place(each).thenApply(file -> new NamedFile(each.name(), file)));
    }
    return allOf(stored).thenApply(done -> stored.stream().map(CompletableFuture::join).toList());
  }

  private CompletableFuture<StoredFile> place(SnapshotFile file) {
    SharedFiles.Placed placed = target.files().place(ref, file);
    AtomicLong bytes = placed.isNew() ? storedBytes : sharedBytes;
    return placed
        .stored()
        .thenApply(
            stored -> {
              bytes.addAndGet(stored.length());
              return stored;
            });
  }

  private static CompletableFuture<Void> allOf(List<? extends CompletableFuture<?>> all) {
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private static Map<String, List<NamedFile>> joined(
      Map<String, CompletableFuture<List<NamedFile>>> files) {
    Map<String, List<NamedFile>> joined = new LinkedHashMap<>();
    files.forEach((key, list) -> joined.put(key, list.join()));
    return joined;
  }
}
