package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.Moment;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.checkpoint.folder.Checksum;
import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import dev.lintel.runner.checkpoint.manifest.Blob;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.NamedFile;
import dev.lintel.runner.checkpoint.manifest.PartsCodec;
import dev.lintel.runner.checkpoint.manifest.StoredFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A stored checkpoint or savepoint, to be read. Every byte is compared with its checksum.
 *
 * <p><i>Ownership:</i> thread-safe; reading blocks. <i>Failure:</i> {@link
 * DamagedCheckpointException} for what is not as it was stored; other {@link IOException}s may go
 * away by themselves.
 */
public final class RestorePoint {
  private static final int BUFFER_BYTES = 1 << 17;

  private final Restore.Source source;
  private final LocalCache cache;
  private final Executor io;
  private final Ownership ownership;
  private final LongAdder localBytes = new LongAdder();
  private final LongAdder storedBytes = new LongAdder();

  /**
   * What was fetched.
   *
   * @param localBytes were found on this machine
   * @param storedBytes were read from where checkpoints are stored
   */
  public record Fetched(long localBytes, long storedBytes) {}

  /** Fails if the run that reads has been succeeded: then its files may be gone. */
  interface Ownership {
    void check() throws IOException;
  }

  RestorePoint(Restore.Source source, LocalCache cache, Executor io, Ownership ownership) {
    this.source = source;
    this.ownership = ownership;
    this.cache = source.own() ? cache : new LocalCache(null);
    this.io = io;
  }

  public Manifest manifest() {
    return source.manifest();
  }

  /** Which one it is, for messages. */
  @Override
  public String toString() {
    return source.name();
  }

  /**
   * Begins to bring files into a local folder, under their names; it is created if need be.
   *
   * @return when all of them are there; fails with an {@link IOException} as its cause
   */
  public CompletableFuture<Void> fetch(List<NamedFile> files, Path folder) {
    return start(List.of(() -> Files.createDirectories(folder)))
        .thenCompose(
            made ->
                start(
                    files.stream()
                        .map(each -> (Work) () -> fetch(each.file(), folder.resolve(each.name())))
                        .toList()));
  }

  /** So far. */
  public Fetched fetched() {
    return new Fetched(localBytes.sum(), storedBytes.sum());
  }

  private void fetch(StoredFile file, Path target) throws IOException {
    Moment.RESTORING.reached();
    if (cache.link(file, target)) {
      if (Checksum.of(target).equals(file.checksum())) {
        localBytes.add(file.length());
        return;
      }
      cache.forget(file.path());
      Files.delete(target);
    }
    try (InputStream in = source.root().open(file.path(), file.checksum());
        OutputStream out = Files.newOutputStream(target)) {
      copy(in, out);
    }
    storedBytes.add(file.length());
    cache.put(file.path(), target);
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
    }
  }

  /** Parts by transform; none if there is no blob. */
  public Map<String, List<byte[]>> parts(@Nullable Blob blob) throws IOException {
    return blob == null ? Map.of() : PartsCodec.decode(read(blob));
  }

  public byte[] read(Blob blob) throws IOException {
    StoredFile file = blob.file();
    if (blob.inline() != null || file == null) {
      return blob.inline() == null ? new byte[0] : blob.inline();
    }
    try (InputStream in = source.root().open(file.path(), file.checksum())) {
      return in.readAllBytes();
    } catch (DamagedFileException e) {
      throw damaged(e);
    }
  }

  /**
   * A file as an operator reads it. Its end fails with a {@link DamagedCheckpointException} if the
   * file is not what was stored: who does not read so far has verified nothing.
   */
  public RestoredOperator.File open(NamedFile file) {
    return new RestoredOperator.File() {
      @Override
      public String name() {
        return file.name();
      }

      @Override
      public InputStream open() throws IOException {
        try {
          return new Opened(source.root().open(file.file().path(), file.file().checksum()));
        } catch (DamagedFileException e) {
          throw damaged(e);
        }
      }
    };
  }

  /** Says of which checkpoint it is what turns out to be damaged. */
  private final class Opened extends FilterInputStream {
    Opened(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (DamagedFileException e) {
        throw damaged(e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      try {
        return in.read(bytes, offset, count);
      } catch (DamagedFileException e) {
        throw damaged(e);
      }
    }
  }

  /** Reads every byte of every file. */
  public Verification verify() {
    List<String> problems = new ArrayList<>();
    List<Work> checks = new ArrayList<>();
    for (StoredFile each : manifest().files().values()) {
      checks.add(
          () -> {
            try {
              source.root().verify(each.path(), each.checksum());
            } catch (IOException e) {
              synchronized (problems) {
                problems.add(String.valueOf(e.getMessage()));
              }
            }
          });
    }
    try {
      start(checks).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
    long bytes = manifest().files().values().stream().mapToLong(StoredFile::length).sum();
    return new Verification(manifest().files().size(), bytes, List.copyOf(problems));
  }

  /**
   * What came of reading everything.
   *
   * @param problems one for each file that is not as it was stored
   */
  public record Verification(int files, long bytes, List<String> problems) {}

  private DamagedCheckpointException damaged(DamagedFileException damage) throws IOException {
    ownership.check();
    return new DamagedCheckpointException(source.name(), source.own(), damage);
  }

  /** Something to do with a file. */
  private interface Work {
    void run() throws IOException;
  }

  private CompletableFuture<Void> start(List<Work> all) {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (Work each : all) {
      running.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  each.run();
                } catch (IOException e) {
                  throw new CompletionException(e);
                }
              },
              io));
    }
    return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
        .exceptionally(
            failure -> {
              throw failure.getCause() instanceof IOException e
                  ? new CompletionException(named(e))
                  : new CompletionException(failure.getCause());
            });
  }

  private IOException named(IOException failure) {
    try {
      return failure instanceof DamagedFileException damage
          ? damaged(damage)
          : new IOException(
              "Expected to read " + source.name() + ", but: " + failure.getMessage(), failure);
    } catch (IOException notOwned) {
      return notOwned;
    }
  }
}
