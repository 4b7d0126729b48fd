package dev.lintel.console;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(name = "checkpoint", description = "Has a job take a checkpoint now, and waits for it.")
final class CheckpointCommand extends JobCommand {
  @Override
  int ask(JobClient client) {
    print("Checkpoint " + client.checkpoint() + " of job " + client.name() + " is complete.");
    return CommandLine.ExitCode.OK;
  }
}
