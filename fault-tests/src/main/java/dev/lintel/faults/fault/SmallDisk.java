package dev.lintel.faults.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A disk of its own for the checkpoints, so that it can be full without harm to others: a tmpfs,
 * where this process may mount one (it has to be root); otherwise a plain folder, which is never
 * full.
 *
 * <p><i>Ownership:</i> one thread.
 */
public final class SmallDisk implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 16;

  private final Path folder;
  private final boolean mounted;

  private SmallDisk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  public static SmallDisk in(Path folder, int mib) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    int status =
        run(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=" + mib + "m",
            "lintel-fault-tests",
            folder.toString());
    return new SmallDisk(folder, status == 0);
  }

  /** A folder on the disk where it is. */
  public static SmallDisk plain(Path folder) throws IOException {
    return new SmallDisk(Files.createDirectories(folder), false);
  }

  public Path folder() {
    return folder;
  }

  public boolean canBeFull() {
    return mounted;
  }

  /** Takes all the space that is left; called again, also what has become free since. */
  public void fill() throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream out =
        Files.newOutputStream(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      if (Files.getFileStore(folder).getUsableSpace() > BLOCK_BYTES) {
        throw e;
      }
    }
  }

  public void free() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (mounted && run("umount", folder.toString()) != 0) {
      throw new IOException("Expected to unmount " + folder + ", but could not");
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
