package dev.lintel.console;

import dev.lintel.runner.checkpoint.claim.ThisMachine;
import dev.lintel.runner.control.ControlFile;
import dev.lintel.runner.control.ControlFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The user's jobs that run on this machine, where the options say. */
final class RunningJobs {
  @Option(
      names = "--controlDirectory",
      paramLabel = "DIR",
      description =
          "the --controlDirectory of the jobs, if they have one: the folder by which they are found")
  private @Nullable Path directory;

  List<ControlFile> all() {
    try {
      return folder().jobs();
    } catch (IOException e) {
      throw new ConsoleException(String.valueOf(e.getMessage()), e);
    }
  }

  /** A job by its name. */
  JobClient job(String name) {
    List<ControlFile> all = all();
    for (ControlFile each : all) {
      if (each.job().equals(name)) {
        return new JobClient(each);
      }
    }
    throw new ConsoleException(
        "Expected the name of a running job, but there is no job '"
            + name
            + "'. "
            + (all.isEmpty() ? none() : "Running: " + names(all) + "."));
  }

  /** Says that there is none, and where one would be. */
  String none() {
    return "No job of yours that takes requests runs on this machine (folder " + folder() + ").";
  }

  private static String names(List<ControlFile> jobs) {
    return String.join(", ", jobs.stream().map(ControlFile::job).toList());
  }

  private ControlFolder folder() {
    return new ControlFolder(
        directory == null ? ControlFolder.standard() : directory, new ThisMachine());
  }
}
