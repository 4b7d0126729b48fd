package dev.lintel.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "savepoint",
    description =
        "Has a job take a savepoint, waits for it, and prints its folder. The job goes on.")
final class SavepointCommand extends JobCommand {
  @Option(
      names = "--path",
      paramLabel = "DIR",
      description =
          "the savepoint's folder, empty or not there yet, in any file system that the job knows;"
              + " without it, a new one in 'savepoints' below the job's --checkpointDir")
  private @Nullable String path;

  @Override
  int ask(JobClient client) {
    print(client.savepoint(wholePath(path)));
    return CommandLine.ExitCode.OK;
  }
}
