package dev.lintel.console;

import dev.lintel.runner.clock.Pause;
import dev.lintel.runner.control.ControlFile;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The second half of {@code ./lintel start}, which the script can't do itself. */
@Command(
    name = "await-start",
    hidden = true,
    description = "Waits until a process runs a job, and prints its name; exits with 3 if it ends.")
final class AwaitStartCommand implements Callable<Integer> {
  private static final int ENDED = 3;
  private static final long POLL_MILLIS = 100;

  @Spec private CommandSpec spec;

  @Mixin private RunningJobs jobs;

  @Option(names = "--pid", required = true, description = "the process")
  private long pid;

  private final Pause pause = Pause.parking();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  AwaitStartCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    while (isAlive()) {
      for (ControlFile each : jobs.all()) {
        if (each.owner().pid() == pid && answers(each)) {
          spec.commandLine().getOut().println(each.job());
          spec.commandLine().getOut().flush();
          return CommandLine.ExitCode.OK;
        }
      }
      pause.millis(POLL_MILLIS);
    }
    return ENDED;
  }

  private boolean isAlive() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    return process.isPresent() && process.get().isAlive();
  }

  /** An answer comes from the time when the job runs. */
  private static boolean answers(ControlFile job) {
    try {
      new JobClient(job).status();
      return true;
    } catch (ConsoleException e) {
      // The job has ended, which the process soon shows.
      return false;
    }
  }
}
