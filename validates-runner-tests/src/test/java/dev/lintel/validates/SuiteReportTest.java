package dev.lintel.validates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.validates.TestResult.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteReportTest {

  private static final String MIXED =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="beam.ParDoTest" tests="5" errors="1" skipped="1" failures="1">
        <properties><property name="a" value="b"/></properties>
        <testcase name="passes" classname="beam.ParDoTest$Basic" time="0.1"/>
        <testcase name="fails" classname="beam.ParDoTest$Basic" time="0.1">
          <failure message="&#10;Expected: 1&#10;but: was 2" type="AssertionError">stack</failure>
          <system-out>text</system-out>
        </testcase>
        <testcase name="breaks[1]" classname="beam.ParDoTest$Basic" time="0.1">
          <error type="java.lang.NullPointerException">stack</error>
        </testcase>
        <testcase name="isIgnored" classname="beam.ParDoTest$Basic" time="0"><skipped/></testcase>
        <testcase name="prints" classname="beam.ParDoTest$Basic" time="0">
          <system-err>failure</system-err>
        </testcase>
      </testsuite>
      """;

  @TempDir Path folder;

  @Test
  void countsEveryKindOfResult() throws IOException {
    write("TEST-beam.ParDoTest.xml", MIXED);
    write("beam.ParDoTest.txt", "no report");

    SuiteReport report = SuiteReport.read(folder);

    assertThat(report.closingLine()).isEqualTo("2 passed, 2 failed, 1 skipped");
    assertThat(report.with(Status.FAILED))
        .containsExactly(
            failure("breaks[1]", "java.lang.NullPointerException"),
            failure("fails", "Expected: 1"));
  }

  @Test
  void refusesAFolderWithoutReports() {
    assertThatThrownBy(() -> SuiteReport.read(folder.resolve("nowhere")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Expected Surefire reports, but there are none")
        .hasMessageContaining("nowhere");
  }

  @Test
  void refusesAReportThatBreaksOff() throws IOException {
    write("TEST-beam.ParDoTest.xml", MIXED.substring(0, MIXED.length() / 2));

    assertThatThrownBy(() -> SuiteReport.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("TEST-beam.ParDoTest.xml");
  }

  @Test
  void groupsFailuresByCategoryAndClass() throws IOException {
    write("TEST-beam.ParDoTest.xml", MIXED);
    Categories categories =
        new Categories(
            Map.of("beam.ParDoTest$Basic#breaks", List.of("UsesTimers", "ValidatesRunner")));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    PrintReport.print(
        SuiteReport.read(folder), categories, new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsSubsequence(
            "1  UsesTimers", "1  no category", "2  beam.ParDoTest$Basic", "fails: Expected: 1")
        .endsWith("2 passed, 2 failed, 1 skipped" + System.lineSeparator());
  }

  @Test
  void complainsOfNewFailuresAndOfListedTestsThatPass() throws IOException {
    write("TEST-beam.ParDoTest.xml", MIXED);
    SuiteReport report = SuiteReport.read(folder);
    String id = "beam.ParDoTest$Basic#";

    assertThat(new KnownFailures(Set.of(id + "fails", id + "breaks[1]")).complaints(report))
        .isEmpty();
    assertThat(new KnownFailures(Set.of(id + "fails", id + "passes")).complaints(report))
        .containsExactly(
            "Expected beam.ParDoTest$Basic#breaks[1] to pass, but it failed:"
                + " java.lang.NullPointerException",
            "Expected beam.ParDoTest$Basic#passes to fail, but it passed:"
                + " take it off the list of known failures");
  }

  private static TestResult failure(String testName, String message) {
    return new TestResult("beam.ParDoTest$Basic", testName, Status.FAILED, message);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
