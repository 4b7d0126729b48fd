package dev.lintel.validates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Judges the short run under fire in {@code mvn verify}: nothing failed, though much was done to
 * the jobs. The pom runs it by its name, after that run; it is no unit test.
 */
class ChaosGate {

  @Test
  void everyTestPassedUnderFire() throws IOException {
    Path reports = Path.of(System.getProperty("suite.reports"));
    SuiteReport report = SuiteReport.read(reports);

    assertThat(report.with(TestResult.Status.FAILED)).as(report.closingLine()).isEmpty();
    assertThat(report.with(TestResult.Status.PASSED)).hasSizeGreaterThan(30);
    assertThat(ChaosTotals.read(reports.resolve("chaos.tsv")).complaints()).isEmpty();
  }
}
