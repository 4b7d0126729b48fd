package dev.lintel.validates;

import dev.lintel.validates.TestResult.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The results of one run, as Surefire's XML files state them.
 *
 * <p>Failure: a folder without reports and a report that can't be parsed are errors, never a run in
 * which nothing failed.
 */
public final class SuiteReport {

  private final List<TestResult> results;

  SuiteReport(List<TestResult> results) {
    this.results = List.copyOf(results);
  }

  /** Reads all {@code TEST-*.xml} files of a folder. */
  public static SuiteReport read(Path folder) throws IOException {
    List<Path> files = reportFiles(folder);
    if (files.isEmpty()) {
      throw new IOException(
          "Expected Surefire reports, but there are none (folder="
              + folder
              + "). Either no test matched, or the test JVM died: see the log of the run.");
    }
    List<TestResult> results = new ArrayList<>();
    for (Path file : files) {
      addResults(file, results);
    }
    results.sort(Comparator.comparing(TestResult::id));
    return new SuiteReport(results);
  }

  /** All results, ordered by their ids. */
  public List<TestResult> results() {
    return results;
  }

  /** The results that ended in the given way, ordered by their ids. */
  public List<TestResult> with(Status status) {
    return results.stream().filter(result -> result.status() == status).toList();
  }

  /** The line that closes a run; machines read it, too. */
  public String closingLine() {
    return "%d passed, %d failed, %d skipped"
        .formatted(
            with(Status.PASSED).size(), with(Status.FAILED).size(), with(Status.SKIPPED).size());
  }

  private static List<Path> reportFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> isReport(file.getFileName().toString())).sorted().toList();
    }
  }

  private static boolean isReport(String fileName) {
    return fileName.startsWith("TEST-") && fileName.endsWith(".xml");
  }

  private static void addResults(Path file, List<TestResult> results) throws IOException {
    NodeList cases;
    try {
      cases = newParser().parse(file.toFile()).getElementsByTagName("testcase");
    } catch (SAXException e) {
      throw new IOException(
          "Expected a Surefire report, but it is no XML (file=" + file + "): did the JVM die?", e);
    }
    for (int i = 0; i < cases.getLength(); i++) {
      results.add(resultOf((Element) cases.item(i)));
    }
  }

  private static TestResult resultOf(Element testCase) {
    String className = testCase.getAttribute("classname");
    String name = testCase.getAttribute("name");
    String testName = name.isEmpty() ? className : name;
    for (String tag : List.of("failure", "error")) {
      NodeList failures = testCase.getElementsByTagName(tag);
      if (failures.getLength() > 0) {
        return new TestResult(
            className, testName, Status.FAILED, message((Element) failures.item(0)));
      }
    }
    Status status =
        testCase.getElementsByTagName("skipped").getLength() > 0 ? Status.SKIPPED : Status.PASSED;
    return new TestResult(className, testName, status, "");
  }

  private static String message(Element failure) {
    String message = failure.getAttribute("message").strip();
    String text = message.isEmpty() ? failure.getAttribute("type") : message;
    return text.lines().findFirst().orElse("").strip();
  }

  private static DocumentBuilder newParser() {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return factory.newDocumentBuilder();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("Expected the JDK's XML parser to refuse DTDs", e);
    }
  }
}
