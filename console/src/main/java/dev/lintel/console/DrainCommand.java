package dev.lintel.console;

import picocli.CommandLine.Command;

@Command(
    name = "drain",
    description =
        "Has a job read no more of its sources and end with what it has read: every window fires."
            + " Waits until it has ended.")
final class DrainCommand extends JobCommand {
  @Override
  int ask(JobClient client) {
    return printEnd(client.drain(), "DONE", "Job " + client.name() + " has drained.");
  }
}
