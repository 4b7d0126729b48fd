package dev.lintel.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The folders into which runs spill, seen from a running DoFn. */
final class SpillFolders {
  private SpillFolders() {}

  /**
   * Whether a run has one.
   *
   * <p>Looks at nothing in it: another task's file loses its name once it is open, and whoever
   * walks over it just then fails.
   *
   * @param stateDirectory the folder in which each run has a folder of its own
   */
  static boolean isOneIn(String stateDirectory) {
    try (Stream<Path> runs = Files.list(Path.of(stateDirectory))) {
      return runs.anyMatch(run -> Files.isDirectory(run.resolve("spill")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
