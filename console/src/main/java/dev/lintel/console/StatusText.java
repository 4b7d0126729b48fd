package dev.lintel.console;

import dev.lintel.runner.control.JobStatus;

/** A job's status for people. */
final class StatusText {
  private StatusText() {}

  static String of(JobStatus status) {
    Table head =
        new Table()
            .row("job", status.job())
            .row("state", status.state())
            .row("process", Long.toString(status.pid()))
            .row("started", status.started() + " (" + Amounts.duration(status.uptimeMillis()) + ")")
            .row("attempts", Integer.toString(status.attempts()))
            .row("checkpoint", checkpoint(status));
    JobStatus.Slowest slowest = status.slowest();
    if (slowest != null) {
      head.row("watermark", slowest.outputWatermark() + ", " + cause(slowest));
    }
    Table stages =
        new Table().row("STAGE", "SLOTS", "ELEMENTS", "WATERMARK IN", "WATERMARK OUT", "HOLD");
    for (JobStatus.Stage each : status.stages()) {
      stages.row(
          each.name(),
          Integer.toString(each.slots()),
          Amounts.count(each.elements()),
          each.inputWatermark(),
          each.outputWatermark(),
          each.earliestHold() == null ? "" : each.earliestHold());
    }
    return head + System.lineSeparator() + System.lineSeparator() + stages;
  }

  private static String checkpoint(JobStatus status) {
    JobStatus.Checkpoint last = status.lastCheckpoint();
    return last == null
        ? "none since the start"
        : last.number()
            + " at "
            + last.completed()
            + ", "
            + Amounts.duration(last.durationMillis())
            + ", "
            + Amounts.bytes(last.bytes());
  }

  private static String cause(JobStatus.Slowest slowest) {
    String place = "stage " + slowest.stage() + ", slot " + slowest.slot();
    return slowest.earliestHold() == null
        ? "where " + place + " is"
        : "held by " + place + ": its earliest hold is " + slowest.earliestHold();
  }
}
