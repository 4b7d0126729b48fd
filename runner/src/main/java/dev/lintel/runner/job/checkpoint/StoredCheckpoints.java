package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.manifest.Blob;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.NamedFile;
import dev.lintel.runner.checkpoint.manifest.StateEntry;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.JobSnapshot;
import dev.lintel.runner.checkpoint.storage.JobStorage;
import dev.lintel.runner.checkpoint.storage.PendingCheckpoint;
import dev.lintel.runner.checkpoint.storage.RestorePoint;
import dev.lintel.runner.checkpoint.storage.StorageSettings;
import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.runner.task.Closing;
import dev.lintel.state.StateSelection;
import dev.lintel.state.StoredSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a job in its storage.
 *
 * <p>A savepoint is taken together with a checkpoint of the same content: what sinks have prepared
 * is then committed by the job itself, whatever becomes of the savepoint. The savepoint is
 * completed first.
 *
 * <p><i>Ownership:</i> whoever starts the job, then the coordinator's thread.
 */
public final class StoredCheckpoints implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(StoredCheckpoints.class);

  private final CheckpointLocation location;
  private final StorageHost host;
  private final PlanCheck check;
  private final Consumer<FencedException> onFenced;
  private JobStorage storage;
  private @Nullable Manifest latest;
  private @Nullable PendingCheckpoint checkpoint;
  private @Nullable PendingCheckpoint savepoint;

  /**
   * Claims the job.
   *
   * @param check of what the run is to begin with
   * @param onFenced is told, by any thread, that another run has taken over
   */
  public StoredCheckpoints(
      CheckpointLocation location,
      PlanCheck check,
      StorageHost host,
      Consumer<FencedException> onFenced) {
    this.location = location;
    this.check = check;
    this.host = host;
    this.onFenced = onFenced;
    this.storage = open(location.restore().from());
  }

  private JobStorage open(String from) {
    try {
      return host.open(settings(from), check);
    } catch (IOException e) {
      throw new CheckpointStorageException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CheckpointStorageException(e);
    }
  }

  private StorageSettings settings(String from) {
    return new StorageSettings(
        location.folder(),
        location.jobId(),
        from,
        location.retained(),
        !location.temporary(),
        location.cache(),
        host.rules(location.leaseMillis()),
        onFenced);
  }

  @Override
  public void reopen() {
    long epoch = storage.epoch();
    closeStorage();
    latest = null;
    // Whatever the user said, the run has begun with it: it goes on from there.
    storage = open("latest");
    if (storage.epoch() != epoch + 1) {
      throw new CheckpointStorageException(
          new IOException(
              "Expected nobody else to have had the job since its last checkpoint, but somebody"
                  + " has (job="
                  + location.jobId()
                  + ", epochs="
                  + epoch
                  + " and "
                  + storage.epoch()
                  + "). This run ends; nothing needs to be done."));
    }
  }

  @Override
  public long begin(@Nullable String savepointPath) {
    long number = storage.nextId();
    checkpoint = storage.begin(number);
    savepoint = null;
    if (savepointPath != null) {
      try {
        savepoint = storage.beginSavepoint(number, savepointPath);
      } catch (IOException e) {
        throw new CheckpointStorageException(e);
      }
    }
    return number;
  }

  @Override
  public CompletableFuture<StoredTask> store(TaskSnapshot snapshot) {
    CompletableFuture<@Nullable TaskEntry> ofSavepoint =
        savepoint == null
            ? CompletableFuture.completedFuture(null)
            : savepoint.store(snapshot).thenApply(entry -> entry);
    return pending()
        .store(snapshot)
        .thenCombine(ofSavepoint, StoredTask::new)
        .whenComplete((stored, failure) -> snapshot.close());
  }

  private PendingCheckpoint pending() {
    if (checkpoint == null) {
      throw new IllegalStateException("Expected a checkpoint to be under way");
    }
    return checkpoint;
  }

  @Override
  public CompletableFuture<Void> complete(Content content) {
    JobSnapshot job =
        new JobSnapshot(
            content.maxParallelism(),
            content.last(),
            check.description(),
            content.splitsLeft(),
            content.metrics().toBytes());
    PendingCheckpoint completing = pending();
    CompletableFuture<?> first =
        savepoint == null
            ? CompletableFuture.completedFuture(null)
            : savepoint.complete(
                job, content.tasks().stream().map(StoredTask::savepointEntry).toList());
    List<TaskEntry> tasks = content.tasks().stream().map(StoredTask::entry).toList();
    return first.thenCompose(done -> completing.complete(job, tasks)).thenAccept(this::completed);
  }

  @Override
  public long storedBytes() {
    return pending().storedBytes();
  }

  /** Any thread; whoever asks for the latest has been told before by a message. */
  private synchronized void completed(Manifest manifest) {
    latest = manifest;
  }

  @Override
  public void giveUp() {
    if (checkpoint != null) {
      checkpoint.giveUp();
    }
    if (savepoint != null) {
      savepoint.giveUp();
    }
  }

  @Override
  public synchronized @Nullable CheckpointSource latest() {
    if (latest != null) {
      return new Source(storage.restorePoint(latest));
    }
    RestorePoint point = storage.restorePoint();
    return point == null ? null : new AdaptedSource(new Source(point), check.found());
  }

  @Override
  public void close() {
    Closing closing = new Closing();
    closing.run(this::closeStorage);
    closing.run(() -> RunFolder.delete(location.fetched()));
    if (location.temporary()) {
      closing.run(() -> RunFolder.delete(Path.of(location.folder())));
      Path cache = location.cache();
      if (cache != null) {
        closing.run(() -> RunFolder.delete(cache));
      }
    }
    closing.throwFirst();
  }

  private void closeStorage() {
    try {
      storage.close();
    } catch (IOException e) {
      // What the job did is done: for the lease alone it does not fail.
      LOG.warn(
          "Expected to give back the lease of job {}, but: {}. The next start waits until it has"
              + " run out",
          location.jobId(),
          e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Source implements CheckpointSource {
    private final RestorePoint point;

    Source(RestorePoint point) {
      this.point = point;
    }

    @Override
    public long number() {
      return point.manifest().ref().id();
    }

    @Override
    public int maxParallelism() {
      return point.manifest().job().maxParallelism();
    }

    @Override
    public List<TaskEntry> tasks() {
      return point.manifest().tasks();
    }

    @Override
    public Map<String, List<byte[]>> parts(TaskEntry task) {
      return parts(task.parts());
    }

    private Map<String, List<byte[]>> parts(@Nullable Blob blob) {
      try {
        return point.parts(blob);
      } catch (IOException e) {
        throw new CheckpointStorageException(e);
      }
    }

    @Override
    public RestoredOperator.File open(NamedFile file) {
      return point.open(file);
    }

    @Override
    public List<RestoredTask.InFlight> inFlight(TaskEntry task, boolean ownSlot) {
      List<RestoredTask.InFlight> inFlight = new ArrayList<>();
      task.inFlight()
          .forEach(
              (input, files) ->
                  files.forEach(
                      each -> inFlight.add(new RestoredTask.InFlight(input, ownSlot, read(each)))));
      return inFlight;
    }

    private byte[] read(NamedFile file) {
      try (InputStream in = point.open(file).open()) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new CheckpointStorageException(e);
      }
    }

    @Override
    public CompletableFuture<StoredSnapshot> fetch(StateEntry state, String name) {
      Path folder = location.fetched().resolve(name);
      return point
          .fetch(state.files(), folder)
          .handle(
              (done, failure) -> {
                if (failure != null) {
                  Throwable cause = failure.getCause();
                  throw new CompletionException(
                      cause instanceof IOException e ? new CheckpointStorageException(e) : cause);
                }
                return new StoredSnapshot(state.format(), state.keyGroups(), folder);
              });
    }

    @Override
    public RestorePoint.Fetched fetched() {
      return point.fetched();
    }

    @Override
    public StateSelection selection(Set<String> transforms) {
      return StateSelection.of(transforms);
    }

    @Override
    public KeptGears gears() {
      return check.gears();
    }

    @Override
    public Map<String, List<byte[]>> splitsLeft() {
      return parts(point.manifest().job().parts());
    }

    @Override
    public MetricsSnapshot metrics() {
      Blob metrics = point.manifest().job().metrics();
      try {
        return metrics == null
            ? MetricsSnapshot.empty()
            : MetricsSnapshot.fromBytes(point.read(metrics));
      } catch (IOException e) {
        throw new CheckpointStorageException(e);
      }
    }

    @Override
    public String toString() {
      return point.toString();
    }
  }
}
