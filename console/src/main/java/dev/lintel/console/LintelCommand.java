package dev.lintel.console;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** {@code ./lintel status}, {@code savepoint} and so on; {@code main} of the command line. */
@Command(
    name = "./lintel",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StatusCommand.class,
      CheckpointCommand.class,
      SavepointCommand.class,
      StopCommand.class,
      DrainCommand.class,
      CancelCommand.class,
      CheckpointsCommand.class,
      AwaitStartCommand.class
    })
final class LintelCommand {
  private LintelCommand() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine root = new CommandLine(new LintelCommand());
    addHelp(root);
    return root.setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (failure instanceof ConsoleException) {
                command.getErr().println("lintel: " + failure.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
              }
              throw failure;
            });
  }

  private static void addHelp(CommandLine command) {
    command
        .getCommandSpec()
        .addOption(OptionSpec.builder("--help").usageHelp(true).description("prints this").build());
    command.getSubcommands().values().forEach(LintelCommand::addHelp);
  }
}
