package dev.lintel.console;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that asks one running job for something. */
abstract class JobCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RunningJobs jobs;

  @Parameters(paramLabel = "JOB", description = "the job's name; 'status' lists those that run")
  private String job;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  JobCommand() {}

  @Override
  public final Integer call() {
    return ask(jobs.job(job));
  }

  abstract int ask(JobClient client);

  final boolean isRunning(String name) {
    return jobs.all().stream().anyMatch(each -> each.job().equals(name));
  }

  final void print(String text) {
    spec.commandLine().getOut().println(text);
    spec.commandLine().getOut().flush();
  }

  /** Says how a job has ended that was asked to. */
  final int printEnd(JobClient.End end, String expectedState, String good) {
    if (end.state().equals(expectedState)) {
      print(good);
      return CommandLine.ExitCode.OK;
    }
    throw new ConsoleException(
        "Expected job "
            + job
            + " to end as "
            + expectedState
            + ", but it has ended as "
            + end.state()
            + (end.error() == null ? "." : ": " + end.error()));
  }

  /** The job is in another folder: a local path has to be whole. */
  static @Nullable String wholePath(@Nullable String path) {
    if (path == null || path.isEmpty()) {
      return null;
    }
    return path.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*")
        ? path
        : Path.of(path).toAbsolutePath().normalize().toString();
  }
}
