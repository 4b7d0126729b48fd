package dev.lintel.validates;

import dev.lintel.validates.TestResult.Status;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The end of {@code validates-runner-tests/run}: prints the failed tests by category and by class,
 * then the closing line. Exits with 1 if a test failed and with 2 if there is nothing to read.
 *
 * <p>Arguments: the folder with Surefire's reports, the file with the categories, and the file that
 * explains known failures; of a run under fire also its seed, and the file with what was done to
 * its jobs.
 */
public final class PrintReport {

  private PrintReport() {}

  public static void main(String[] args) {
    if (args.length != 3 && args.length != 5) {
      System.err.println(
          "Expected REPORTS-FOLDER CATEGORIES-FILE KNOWN-FAILURES-FILE [SEED CHAOS-FILE]");
      System.exit(2);
    }
    try {
      SuiteReport report = SuiteReport.read(Path.of(args[0]));
      Path known = Path.of(args[2]);
      long explained = KnownFailures.read(known).explains(report);
      if (explained > 0) {
        System.out.printf("%d of the failures are explained in %s%n", explained, known);
      }
      boolean good = args.length == 3 || printChaos(report, args[3], Path.of(args[4]), System.out);
      print(report, Categories.read(Path.of(args[1])), System.out);
      System.exit(good && report.with(Status.FAILED).isEmpty() ? 0 : 1);
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /** False if nothing was done to the jobs. */
  private static boolean printChaos(SuiteReport report, String seed, Path file, PrintStream out)
      throws IOException {
    ChaosTotals totals = ChaosTotals.read(file);
    for (TestResult each : report.with(Status.FAILED)) {
      out.printf(
          "Again, most likely: validates-runner-tests/run --chaos %s --only '%s#%s'%n",
          seed, each.className().replaceAll(".*\\.", ""), each.testName());
    }
    out.printf("chaos: seed=%s %s%n", seed, totals.line());
    totals.complaints().forEach(out::println);
    return totals.complaints().isEmpty();
  }

  static void print(SuiteReport report, Categories categories, PrintStream out) {
    List<TestResult> failed = report.with(Status.FAILED);
    if (!failed.isEmpty()) {
      printByCategory(failed, categories, out);
      printByClass(failed, out);
    }
    out.println(report.closingLine());
  }

  /** A test with several categories is counted in each of them. */
  private static void printByCategory(
      List<TestResult> failed, Categories categories, PrintStream out) {
    Map<String, Integer> counts = new TreeMap<>();
    for (TestResult result : failed) {
      categories.of(result).forEach(category -> counts.merge(category, 1, Integer::sum));
    }
    out.println("Failed, by category (a test counts in each of its categories):");
    counts.forEach((category, count) -> out.printf("  %4d  %s%n", count, category));
  }

  private static void printByClass(List<TestResult> failed, PrintStream out) {
    Map<String, List<TestResult>> byClass = new TreeMap<>();
    for (TestResult result : failed) {
      byClass.computeIfAbsent(result.className(), name -> new ArrayList<>()).add(result);
    }
    out.println("Failed, by class:");
    byClass.forEach(
        (className, results) -> {
          out.printf("  %4d  %s%n", results.size(), className);
          results.forEach(
              result -> out.printf("        %s: %s%n", result.testName(), result.message()));
        });
  }
}
