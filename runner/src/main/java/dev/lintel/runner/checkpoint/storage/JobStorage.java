package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.claim.Heartbeat;
import dev.lintel.runner.checkpoint.claim.Lease;
import dev.lintel.runner.checkpoint.claim.LeaseKeeper;
import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.JsonFormat;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.NewerFormatException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's hold of its job's checkpoints: from {@link #open}, which claims the job and says what to
 * begin with, to {@link #close}, which lets another run have it.
 *
 * <p><i>Ownership:</i> thread-safe; storing, deciding and deleting are done by threads of its own.
 * <i>Failure:</i> {@link FencedException} once another run has taken over, which is final.
 */
public final class JobStorage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobStorage.class);

  /** How many files are stored or fetched at a time. */
  private static final int IO_THREADS = 4;

  private static final long CLOSE_MILLIS = 10_000;

  private final StorageFolder root;
  private final StorageSettings settings;
  private final Lease lease;
  private final LeaseKeeper.Kept kept;
  private final Executor io;
  private final Executor fetching;
  private final LocalCache cache;
  private final JobIdentity job;
  private final JobCheckpoints checkpoints;
  private final @Nullable RestorePoint restorePoint;
  private final AtomicLong lastId;

  /**
   * Claims the job, decides what to begin with, writes that down, and has the leftovers of earlier
   * runs removed. Waits up to a lease's time for a run to prove itself alive, or dead.
   *
   * @param check of what the run is to begin with
   * @throws dev.lintel.runner.checkpoint.claim.JobInUseException if another run of the job lives
   * @throws DamagedCheckpointException if what is to be restored can't be read
   */
  public static JobStorage open(StorageSettings settings, RestoreCheck check)
      throws IOException, InterruptedException {
    ExecutorService io =
        Executors.newFixedThreadPool(
            IO_THREADS,
            work -> {
              Thread thread = new Thread(work, "lintel-checkpoint-io");
              thread.setDaemon(true);
              return thread;
            });
    try {
      return open(settings, check, new StorageWorkers(io, io, Heartbeat::keep));
    } catch (IOException | InterruptedException | RuntimeException e) {
      io.shutdown();
      throw e;
    }
  }

  /** As {@link #open(StorageSettings, RestoreCheck)}, with workers that are handed in. */
  public static JobStorage open(
      StorageSettings settings, RestoreCheck check, StorageWorkers workers)
      throws IOException, InterruptedException {
    StorageFolder root = settings.jobFolder();
    Lease lease = new Contest(root, settings.rules()).win();
    LeaseKeeper.Kept kept = workers.keeper().keep(lease, settings.onFenced());
    try {
      History history = History.read(root, lease.epoch());
      Restore restore = Restore.resolve(settings.restore(), root, history, settings.forced());
      if (restore.source() != null) {
        check.check(restore.source().manifest(), restore.source().name());
      }
      root.writeWhole(Layout.restoredFrom(lease.epoch()), JsonFormat.write(restore.record()));
      return new JobStorage(settings, root, new Run(lease, kept, workers), restore);
    } catch (IOException | RuntimeException e) {
      try {
        lease.check();
      } catch (IOException fenced) {
        // What is missing has been deleted by a successor: that is what the caller must know.
        fenced.addSuppressed(e);
        throw fenced;
      } finally {
        kept.close();
      }
      throw e;
    }
  }

  /** What lives as long as the run. */
  private record Run(Lease lease, LeaseKeeper.Kept kept, StorageWorkers workers) {}

  private JobStorage(StorageSettings settings, StorageFolder root, Run run, Restore restore)
      throws IOException {
    this.root = root;
    this.settings = settings;
    this.lease = run.lease;
    this.kept = run.kept;
    this.io = run.workers.io();
    this.fetching = run.workers.fetching();
    this.cache = new LocalCache(settings.cache());
    this.job = JobIdentity.of(settings.jobName(), settings.rules().clock());
    this.restorePoint =
        restore.source() == null
            ? null
            : new RestorePoint(restore.source(), cache, fetching, lease::check);
    this.lastId = new AtomicLong(restore.record().lastId());
    SharedFiles files = new SharedFiles(root, Layout.files(lease.epoch()), cache, io);
    Leftovers leftovers = Leftovers.read(root, restore.record().retained(), files);
    this.checkpoints =
        new JobCheckpoints(
            root,
            lease,
            files,
            new Deletion(root, cache, lease),
            io,
            new JobCheckpoints.Retained(settings.retained(), leftovers.retained()));
    Set<String> needed = files.needed();
    leftovers.retained().forEach(each -> needed.add(Layout.manifest(each)));
    cache.keepOnly(needed);
    if (leftovers.allReadable()) {
      io.execute(() -> sweep(needed));
    }
  }

  /**
   * The checkpoints that earlier runs have left.
   *
   * @param allReadable otherwise it is not known which files they need
   */
  private record Leftovers(List<CheckpointRef> retained, boolean allReadable) {
    static Leftovers read(StorageFolder root, List<CheckpointRef> kept, SharedFiles files)
        throws IOException {
      boolean allReadable = true;
      for (CheckpointRef each : kept) {
        try {
          Manifest manifest = History.readManifest(root, Layout.manifest(each));
          files.addRetained(each, manifest.files().values());
        } catch (DamagedFileException | NewerFormatException e) {
          LOG.warn(
              "Expected to read {}, but it is damaged; no files are cleaned up while it is kept:"
                  + " {}",
              Restore.name(each, root),
              e.getMessage());
          allReadable = false;
        }
      }
      return new Leftovers(kept, allReadable);
    }
  }

  private void sweep(Set<String> needed) {
    try {
      new Sweep(root, lease).run(needed);
    } catch (IOException e) {
      // The next start tries again; a successor is told of where it matters.
      LOG.warn("Expected to remove leftovers of earlier runs, but: {}", e.getMessage());
    }
  }

  /** What to begin with; null to begin anew. */
  public @Nullable RestorePoint restorePoint() {
    return restorePoint;
  }

  /** A checkpoint that this run has completed, as something to restore after a failure. */
  public RestorePoint restorePoint(Manifest manifest) {
    Restore.Source source =
        new Restore.Source(manifest, root, Restore.name(manifest.ref(), root), true);
    return new RestorePoint(source, cache, fetching, lease::check);
  }

  /** An id that no checkpoint of the job's history has. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  /** Tells this run from all others of the job, and grows from one to the next. */
  public long epoch() {
    return lease.epoch();
  }

  public PendingCheckpoint begin(long id) {
    return new PendingCheckpoint(new CheckpointRef(epoch(), id), job, checkpoints, io);
  }

  /**
   * Begins a savepoint beside the checkpoint of the same barrier. It is completed before that
   * checkpoint is: then what it holds has been decided, or another run begins before it.
   *
   * @param location an empty folder, or one that does not exist
   */
  public PendingCheckpoint beginSavepoint(long id, String location) throws IOException {
    Savepoint savepoint = new Savepoint(StorageFolder.at(location, settings.forced()), io);
    return new PendingCheckpoint(new CheckpointRef(epoch(), id), job, savepoint, io);
  }

  /**
   * Makes sure that the run has not been succeeded.
   *
   * @throws FencedException if it has
   */
  void checkOwned() throws IOException {
    lease.check();
  }

  Lease lease() {
    return lease;
  }

  /** Ends what is being stored, and lets another run have the job. */
  @Override
  public void close() throws IOException, InterruptedException {
    if (io instanceof ExecutorService threads) {
      threads.shutdown();
      if (!threads.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    }
    kept.close();
  }
}
