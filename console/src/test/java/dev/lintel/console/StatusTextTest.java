package dev.lintel.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.control.JobStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  private static final JobStatus.Stage STAGE =
      new JobStatus.Stage("Read+Count", 2, 1_234_567, "12:00", "11:59", "11:58");

  private static JobStatus status(String hold) {
    return new JobStatus(
        "my job",
        "RUNNING",
        42,
        "noon",
        3_723_000,
        2,
        new JobStatus.Checkpoint(7, "one", 1_500, 5L << 20),
        List.of(STAGE),
        new JobStatus.Slowest("Read+Count", 1, "11:59", hold));
  }

  @Test
  void tellsWhatHoldsTheWatermark() {
    assertThat(StatusText.of(status("11:58")).lines())
        .contains(
            "job         my job",
            "started     noon (1:02:03)",
            "checkpoint  7 at one, 1.5 s, 5.0 MiB",
            "watermark   11:59, held by stage Read+Count, slot 1: its earliest hold is 11:58",
            "Read+Count  2      1,234,567  12:00         11:59          11:58");
    assertThat(StatusText.of(status(null)).lines())
        .contains("watermark   11:59, where stage Read+Count, slot 1 is");
  }

  @Test
  void localPathsAreMadeWholeForAJobInAnotherFolder() {
    assertThat(JobCommand.wholePath("a/../b")).startsWith("/").endsWith("/b");
    assertThat(JobCommand.wholePath("s3://bucket/a")).isEqualTo("s3://bucket/a");
    assertThat(JobCommand.wholePath("")).isNull();
  }
}
