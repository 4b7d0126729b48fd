package dev.lintel.runner.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that one run of a job keeps on this machine's disk and nobody needs after it, in one folder,
 * which is made when the first thing is to be kept. It is locked as long as its process lives: the
 * next run with the same parent deletes what killed ones have left.
 *
 * <p><i>Ownership:</i> thread-safe. <i>Failure:</i> {@link IOException} if it can't be made; a
 * folder of another run that can't be deleted is left, and logged.
 */
public final class RunFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String PREFIX = "lintel-run-";

  /** Until it is locked, a folder has a name that nobody looks for. */
  private static final String UNLOCKED_PREFIX = ".lintel-run-";

  private static final String LOCK = "lock";

  private final Path parent;
  private final Executor cleaner;
  private @Nullable Path folder;
  private @Nullable FileChannel lock;
  private boolean closed;

  /** Deletes what killed runs have left when it is made. */
  public RunFolder(Path parent) {
    this(parent, Runnable::run);
  }

  /**
   * @param parent where the folder is made; made itself if it is missing
   * @param cleaner deletes what killed runs have left
   */
  public RunFolder(Path parent, Executor cleaner) {
    this.parent = parent;
    this.cleaner = cleaner;
  }

  /** Where the folder is, or is to be made. */
  public synchronized Path path() {
    return folder == null ? parent : folder;
  }

  /** A folder inside, which is made if it is missing. */
  public synchronized Path make(String name) throws IOException {
    if (closed) {
      throw new IllegalStateException(
          "Expected to keep files while the job runs, but it has ended (" + path() + ")");
    }
    if (folder == null) {
      Path own = create();
      folder = own;
      cleaner.execute(() -> deleteLeftOvers(own));
    }
    return Files.createDirectories(folder.resolve(name));
  }

  private Path create() throws IOException {
    Path unlocked = Files.createTempDirectory(Files.createDirectories(parent), UNLOCKED_PREFIX);
    lock =
        FileChannel.open(
            unlocked.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock.tryLock() == null) {
      throw new IOException("Expected to lock the new folder " + unlocked + ", but another did");
    }
    String name = unlocked.getFileName().toString();
    return Files.move(unlocked, parent.resolve(name.substring(1)));
  }

  private void deleteLeftOvers(Path own) {
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path each : siblings) {
        if (!each.equals(own)) {
          deleteIfLeftOver(each);
        }
      }
    } catch (IOException e) {
      LOG.warn("Expected to find what killed runs have left in {}, but {}", parent, e.toString());
    }
  }

  private static void deleteIfLeftOver(Path other) {
    // One without a lock is what a deletion that was interrupted has left.
    try (FileChannel channel =
            FileChannel.open(
                other.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held != null) {
        delete(other);
        LOG.info("Deleted {}, which a killed run had left", other);
      }
    } catch (OverlappingFileLockException e) {
      // Another run in this process: it lives.
      return;
    } catch (IOException | IllegalStateException e) {
      LOG.debug("{} is left as it is", other, e);
    }
  }

  /**
   * Deletes a folder with all that is in it, if it is there.
   *
   * @throws IllegalStateException if it can't be deleted
   */
  public static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      List<Path> leavesFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path each : leavesFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalStateException(
          "Expected to delete the folder " + folder + ", but " + e + ". Delete it by hand", e);
    }
  }

  /**
   * Deletes the folder if all that was kept in it has been deleted. What a stuck thread still uses
   * stays, locked as long as the process lives. Idempotent.
   */
  @Override
  public synchronized void close() {
    closed = true;
    if (folder == null || lock == null || !lock.isOpen()) {
      return;
    }
    try (Stream<Path> content = Files.list(folder)) {
      if (content.allMatch(each -> each.endsWith(LOCK))) {
        delete(folder);
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
