package dev.lintel.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "stop",
    description =
        "Has a job take a last checkpoint, ends it there, and waits until it has ended. Started again,"
            + " it goes on from there.")
final class StopCommand extends JobCommand {
  @Option(
      names = "--savepoint",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "DIR",
      description = "take a savepoint, too; DIR as with 'savepoint --path'")
  private @Nullable String savepoint;

  @Override
  int ask(JobClient client) {
    JobClient.End end = stop(client);
    return printEnd(
        end,
        "CANCELLED",
        end.savepoint() == null
            ? "Job " + client.name() + " has stopped with a last checkpoint."
            : "Job "
                + client.name()
                + " has stopped. To go on from its savepoint: --restore="
                + end.savepoint());
  }

  private JobClient.End stop(JobClient client) {
    try {
      return savepoint == null ? client.stop() : client.stopWithSavepoint(wholePath(savepoint));
    } catch (ConsoleException e) {
      if (!isRunning(client.name())) {
        throw e;
      }
      throw new ConsoleException(
          e.getMessage()
              + System.lineSeparator()
              + "lintel: The job goes on. './lintel cancel "
              + client.name()
              + "' ends it without a last checkpoint.",
          e);
    }
  }
}
