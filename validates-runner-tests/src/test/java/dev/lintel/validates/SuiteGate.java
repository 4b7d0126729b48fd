package dev.lintel.validates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Judges the suite's run in {@code mvn verify}: it went as {@code known-failures.txt} says. The pom
 * runs it by its name, after the suite; it is no unit test.
 */
class SuiteGate {

  @Test
  void theSuiteWentAsTheListOfKnownFailuresSays() throws IOException {
    SuiteReport report = SuiteReport.read(Path.of(System.getProperty("suite.reports")));
    KnownFailures known = KnownFailures.read(Path.of("known-failures.txt"));

    assertThat(report.results()).hasSizeGreaterThan(350);
    assertThat(known.complaints(report)).as(report.closingLine()).isEmpty();
  }
}
