package dev.lintel.validates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The tests of the suite that are known to fail: one id a line, {@code #} at the start of a line
 * begins a comment that says why.
 *
 * <p>A build compares both ways, so that the list can only become shorter: a failure that isn't
 * listed breaks the build, and so does a listed test that passes.
 */
public final class KnownFailures {

  private final Set<String> ids;

  KnownFailures(Set<String> ids) {
    this.ids = new TreeSet<>(ids);
  }

  /** Reads the list from its file. */
  public static KnownFailures read(Path file) throws IOException {
    return new KnownFailures(
        Files.readAllLines(file).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .collect(Collectors.toSet()));
  }

  /** How many of a run's failures are on the list. */
  long explains(SuiteReport report) {
    return report.with(TestResult.Status.FAILED).stream()
        .filter(each -> ids.contains(each.id()))
        .count();
  }

  /** What is wrong with a run, a sentence each; empty if it is as the list says. */
  public List<String> complaints(SuiteReport report) {
    List<String> complaints = new ArrayList<>();
    for (TestResult result : report.results()) {
      boolean failed = result.status() == TestResult.Status.FAILED;
      if (failed && !ids.contains(result.id())) {
        complaints.add(
            "Expected %s to pass, but it failed: %s".formatted(result.id(), result.message()));
      } else if (!failed && ids.contains(result.id())) {
        complaints.add(
            "Expected %s to fail, but it %s: take it off the list of known failures"
                .formatted(result.id(), result.status().name().toLowerCase(Locale.ROOT)));
      }
    }
    return complaints;
  }
}
