package dev.lintel.console;

import dev.lintel.runner.checkpoint.storage.CheckpointCatalog;
import dev.lintel.runner.checkpoint.storage.RestorePoint;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/** What is at the path that the user has given. <i>Failure:</i> {@link ConsoleException}. */
final class CheckpointFolder {
  private final String path;

  CheckpointFolder(String given) {
    String whole = JobCommand.wholePath(given);
    if (whole == null) {
      throw new ConsoleException("Expected a path, but got an empty one.");
    }
    this.path = whole;
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  /**
   * A checkpoint or savepoint.
   *
   * @param point null if it can't be read
   * @param problem why it can't; null if it can
   */
  record Entry(String path, @Nullable RestorePoint point, @Nullable String problem) {
    RestorePoint readable() {
      if (point == null) {
        throw new ConsoleException(String.valueOf(problem));
      }
      return point;
    }
  }

  List<Entry> entries() {
    try {
      return CheckpointCatalog.find(path).stream().map(CheckpointFolder::entry).toList();
    } catch (IOException | IllegalArgumentException e) {
      throw new ConsoleException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Entry entry(CheckpointCatalog.Found found) {
    IOException problem = found.problem();
    return new Entry(
        found.path(), found.point(), problem == null ? null : String.valueOf(problem.getMessage()));
  }

  /** The only one that the path can mean: a job's newest. */
  Entry single() {
    List<Entry> all = entries();
    if (all.isEmpty()) {
      throw new ConsoleException("Expected a complete checkpoint, but there is none in " + path);
    }
    long jobs = all.stream().map(CheckpointText::job).distinct().count();
    if (jobs > 1) {
      throw new ConsoleException(
          "Expected the folder of one job, a checkpoint or a savepoint, but "
              + path
              + " has those of "
              + jobs
              + " jobs: './lintel checkpoints list' names them.");
    }
    return all.get(0);
  }

  /** Its job may delete it at any time. */
  boolean hasStill(Entry entry) {
    return entries().stream().anyMatch(each -> each.path().equals(entry.path()));
  }
}
