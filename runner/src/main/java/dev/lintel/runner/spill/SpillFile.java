package dev.lintel.runner.spill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * One spill file: written to its end by one thread, then read by any number of threads.
 *
 * <p>Reads and writes go in pieces, as Java keeps a native buffer of the size of the largest one
 * for each thread.
 */
final class SpillFile {
  private static final int PIECE_BYTES_MAX = 128 << 10;
  private static final Set<OpenOption> OPTIONS =
      Set.of(
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);

  private final Path path;
  private final FileChannel channel;
  private final SpillDirectory directory;
  private long size;

  SpillFile(Path path, FileChannel channel, SpillDirectory directory) {
    this.path = path;
    this.channel = channel;
    this.directory = directory;
  }

  static SpillFile create(Path path, SpillDirectory directory) throws IOException {
    return new SpillFile(path, FileChannel.open(path, OPTIONS), directory);
  }

  /** The bytes written so far. */
  long size() {
    return size;
  }

  /** Writes behind what is there. */
  void append(byte[] bytes, int offset, int length) {
    boolean interrupted = Thread.interrupted();
    try {
      for (int done = 0; done < length; ) {
        ByteBuffer piece =
            ByteBuffer.wrap(bytes, offset + done, Math.min(PIECE_BYTES_MAX, length - done));
        done += channel.write(piece, size + done);
      }
      size += length;
    } catch (IOException e) {
      throw new SpillException(
          "Expected to write "
              + length
              + " bytes to "
              + path
              + " behind "
              + size
              + " others, but "
              + e
              + SpillDirectory.advice(),
          e);
    } finally {
      restore(interrupted);
    }
  }

  /** Reads all of {@code length} bytes at {@code position}. */
  void read(long position, byte[] into, int offset, int length) {
    // An interrupt that was pending would close the channel, for all its readers.
    boolean interrupted = Thread.interrupted();
    try {
      for (int done = 0; done < length; ) {
        ByteBuffer piece =
            ByteBuffer.wrap(into, offset + done, Math.min(PIECE_BYTES_MAX, length - done));
        int count = channel.read(piece, position + done);
        if (count < 0) {
          throw new IOException("the file ends after " + (position + done));
        }
        done += count;
      }
    } catch (IOException e) {
      throw new SpillException(
          "Expected to read "
              + length
              + " bytes at "
              + position
              + " of "
              + path
              + ", but "
              + e
              + ". Grouped values can be read as long as their job runs",
          e);
    } finally {
      restore(interrupted);
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes the file. Idempotent. */
  void close() {
    directory.closed(this);
    try {
      channel.close();
    } catch (IOException e) {
      throw new SpillException("Expected to delete " + path + ", but " + e, e);
    }
  }
}
