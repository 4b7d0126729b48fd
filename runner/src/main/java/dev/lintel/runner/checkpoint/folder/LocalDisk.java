package dev.lintel.runner.checkpoint.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * What local disks need and Beam's interface to file systems doesn't have: object stores are
 * durable when a write returns, have no folders, and say so when they can't list. Nothing here does
 * anything to other file systems.
 */
final class LocalDisk {
  private static final String SCHEME = "file";

  private LocalDisk() {}

  static boolean holds(ResourceId resource) {
    return resource.getScheme().equals(SCHEME);
  }

  /** Makes a file survive a loss of power, or the entries of a folder, if it is one. */
  static void force(ResourceId resource) throws IOException {
    if (holds(resource)) {
      try (FileChannel file = FileChannel.open(path(resource), StandardOpenOption.READ)) {
        file.force(true);
      }
    }
  }

  /**
   * Beam takes a folder that it can't list for an empty one: a job would start anew beside
   * checkpoints that it may not read.
   */
  static void checkListable(ResourceId folder) throws IOException {
    if (holds(folder) && Files.exists(path(folder))) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(folder))) {
        entries.iterator().hasNext();
      }
    }
  }

  static void deleteIfEmpty(ResourceId folder) throws IOException {
    if (holds(folder) && Files.isDirectory(path(folder))) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(folder))) {
        if (entries.iterator().hasNext()) {
          return;
        }
      }
      Files.deleteIfExists(path(folder));
    }
  }

  private static Path path(ResourceId resource) {
    return Path.of(resource.toString());
  }
}
