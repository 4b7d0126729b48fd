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
    JobClient.End end =
        savepoint == null ? client.stop() : client.stopWithSavepoint(wholePath(savepoint));
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
}
