package dev.lintel.console;

import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./lintel checkpoints}: looks at what is stored, whether its job runs or not. */
@Command(
    name = "checkpoints",
    synopsisSubcommandLabel = "(list | describe | verify)",
    description = "Looks at checkpoints and savepoints, of jobs that run or do not.",
    subcommands = {
      CheckpointsCommand.ListThem.class,
      CheckpointsCommand.Describe.class,
      CheckpointsCommand.Verify.class
    })
final class CheckpointsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  CheckpointsCommand() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Expected list, describe or verify.");
  }

  /** What is done with all that is at a path. */
  abstract static class OfPath implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "PATH",
        description =
            "a --checkpointDir, the folder of a job in it, a checkpoint (.../manifests/NUMBER.json)"
                + " or a savepoint's folder, in any file system of which CLASSPATH has the classes")
    private String path;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields.
    OfPath() {}

    @Override
    public final Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      int status = tell(new CheckpointFolder(path), out);
      out.flush();
      return status;
    }

    /** Returns the exit status. */
    abstract int tell(CheckpointFolder folder, PrintWriter out);
  }

  @Command(name = "list", description = "Lists what is at a path, the newest of a job first.")
  static final class ListThem extends OfPath {
    @Override
    int tell(CheckpointFolder folder, PrintWriter out) {
      Table table = new Table().row("JOB", "NUMBER", "KIND", "COMPLETED", "SIZE", "PATH");
      Map<String, String> problems = new TreeMap<>();
      for (CheckpointFolder.Entry each : folder.entries()) {
        if (each.problem() != null) {
          problems.put(each.path(), each.problem());
        }
        table.row(CheckpointText.row(each));
      }
      out.println(table);
      problems.forEach((path, problem) -> out.println("damaged: " + problem));
      return problems.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
  }

  @Command(
      name = "describe",
      description = "Tells what a checkpoint has; of a job's, the newest one.")
  static final class Describe extends OfPath {
    @Override
    int tell(CheckpointFolder folder, PrintWriter out) {
      CheckpointFolder.Entry newest = folder.single();
      out.println(CheckpointText.of(newest.path(), newest.readable()));
      return CommandLine.ExitCode.OK;
    }
  }

  @Command(
      name = "verify",
      description =
          "Reads every byte of every file, and names the files that are not as they were written;"
              + " the exit status is 1 if there is one.")
  static final class Verify extends OfPath {
    @Override
    int tell(CheckpointFolder folder, PrintWriter out) {
      int status = CommandLine.ExitCode.OK;
      for (CheckpointFolder.Entry each : folder.entries()) {
        @Nullable String damage = verify(folder, each, out);
        if (damage != null) {
          status = CommandLine.ExitCode.SOFTWARE;
          out.println("damaged: " + each.path() + System.lineSeparator() + damage);
        }
        out.flush();
      }
      return status;
    }

    /** Null if all is as it was written. */
    private static @Nullable String verify(
        CheckpointFolder folder, CheckpointFolder.Entry entry, PrintWriter out) {
      if (entry.problem() != null) {
        return "  " + entry.problem();
      }
      var verified = entry.readable().verify();
      if (verified.problems().isEmpty()) {
        out.println(
            "good:    "
                + entry.path()
                + " ("
                + Amounts.count(verified.files(), "file")
                + ", "
                + Amounts.bytes(verified.bytes())
                + ")");
        return null;
      }
      if (!folder.hasStill(entry)) {
        out.println("deleted meanwhile: " + entry.path());
        return null;
      }
      return "  " + String.join(System.lineSeparator() + "  ", verified.problems());
    }
  }
}
