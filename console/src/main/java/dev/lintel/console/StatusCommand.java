package dev.lintel.console;

import dev.lintel.runner.control.JobStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
    List<JobClient> all = jobs.all().stream().map(JobClient::new).toList();
    if (json) {
      return "[" + String.join(",", answers(all, each -> each.statusTree().toString())) + "]";
    }
    List<JobStatus> statuses = answers(all, JobClient::status);
    if (statuses.isEmpty()) {
      return jobs.none();
    }
    Table table = new Table().row("JOB", "STATE", "PID", "UP", "LAST CHECKPOINT");
    for (JobStatus status : statuses) {
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

  /** Of those that still run when they are asked. */
  private <T> List<T> answers(List<JobClient> clients, Function<JobClient, T> question) {
    List<T> answers = new ArrayList<>();
    for (JobClient each : clients) {
      try {
        answers.add(question.apply(each));
      } catch (ConsoleException e) {
        if (jobs.all().stream().anyMatch(running -> running.job().equals(each.name()))) {
          throw e;
        }
      }
    }
    return answers;
  }
}
