package dev.lintel.runner.spill;

import dev.lintel.runner.disk.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's folder of spill files. It is made with the first file, and goes with {@link #close}.
 *
 * <p>A file's name is gone from the disk as soon as the file is open (on systems that can do so),
 * so that a process that is killed leaves an empty folder at most.
 *
 * <p><i>Threads:</i> any.
 */
public final class SpillDirectory implements AutoCloseable {
  private static final String ADVICE =
      "Free space there, or set --stateDirectory to a folder on a larger disk";

  private static final Logger LOG = LoggerFactory.getLogger(SpillDirectory.class);

  private final RunFolder run;
  private final String name;
  private final Set<SpillFile> files = new HashSet<>();
  private @Nullable Path folder;
  private int created;
  private boolean closed;

  /**
   * @param run where the folder is made
   * @param name the folder's
   */
  public SpillDirectory(RunFolder run, String name) {
    this.run = run;
    this.name = name;
  }

  /**
   * A new file.
   *
   * @throws SpillException if it can't be created
   */
  synchronized SpillFile create() {
    if (closed) {
      throw new IllegalStateException(
          "Expected to spill while the job runs, but it has ended (" + run.path() + ")");
    }
    try {
      if (folder == null) {
        folder = run.make(name);
        LOG.info("More data is gathered than memory is set apart for: the rest goes to {}", folder);
      }
      SpillFile file = SpillFile.create(folder.resolve("run-" + created++), this);
      files.add(file);
      return file;
    } catch (IOException e) {
      throw new SpillException(
          "Expected to create a file for data beyond memory in "
              + run.path()
              + ", but "
              + e
              + advice(),
          e);
    }
  }

  static String advice() {
    return ". " + ADVICE;
  }

  /** How many files are open. */
  public synchronized int openFiles() {
    return files.size();
  }

  synchronized void closed(SpillFile file) {
    files.remove(file);
  }

  /**
   * Deletes everything; what still reads fails from then on. Idempotent.
   *
   * @throws SpillException if something can't be deleted
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (SpillFile file : Set.copyOf(files)) {
      file.close();
    }
    try {
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new SpillException(
          "Expected to delete the spill folder " + folder + ", but " + e + ". Delete it by hand",
          e);
    }
  }
}
