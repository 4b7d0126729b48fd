package dev.lintel.console;

import picocli.CommandLine.Command;

@Command(
    name = "cancel",
    description =
        "Ends a job at once, without a last checkpoint, and waits until it has ended. Started again, it"
            + " goes on from the checkpoint before.")
final class CancelCommand extends JobCommand {
  @Override
  int ask(JobClient client) {
    return printEnd(client.cancel(), "CANCELLED", "Job " + client.name() + " is cancelled.");
  }
}
