package dev.lintel.console;

import dev.lintel.runner.control.ControlFile;
import dev.lintel.runner.control.JobStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description =
        "Tells how a job fares and what holds its watermark; without JOB, lists the jobs.")
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RunningJobs jobs;

  @Parameters(arity = "0..1", paramLabel = "JOB", description = "the job's name")
  private @Nullable String job;

  @Option(names = "--json", description = "prints JSON")
  private boolean json;

  @Option(names = "--help", usageHelp = true, description = "prints this")
  private boolean help;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  StatusCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (job == null) {
      out.println(list());
    } else {
      JobClient client = jobs.job(job);
      out.println(json ? client.statusTree().toPrettyString() : StatusText.of(client.status()));
    }
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private String list() {
    List<ControlFile> all = jobs.all();
    if (json) {
      return "["
          + String.join(
              ",", all.stream().map(each -> new JobClient(each).statusTree().toString()).toList())
          + "]";
    }
    if (all.isEmpty()) {
      return jobs.none();
    }
    Table table = new Table().row("JOB", "STATE", "PID", "UP", "LAST CHECKPOINT");
    for (ControlFile each : all) {
      JobStatus status = new JobClient(each).status();
      table.row(
          status.job(),
          status.state(),
          Long.toString(status.pid()),
          Amounts.duration(status.uptimeMillis()),
          status.lastCheckpoint() == null
              ? "none"
              : status.lastCheckpoint().number() + ", " + status.lastCheckpoint().completed());
    }
    return table.toString();
  }
}
