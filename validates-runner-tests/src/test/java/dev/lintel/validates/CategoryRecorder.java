package dev.lintel.validates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes the categories of each test of a run to the file that the system property {@code
 * suite.categories} names. Found by JUnit through its service file. {@link Categories} reads it.
 */
public final class CategoryRecorder implements TestExecutionListener {

  private final Set<String> lines = new TreeSet<>();

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    plan.getRoots().stream()
        .flatMap(root -> plan.getDescendants(root).stream())
        .filter(TestIdentifier::isTest)
        .forEach(this::add);
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    String file = System.getProperty("suite.categories", "");
    if (file.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(Path.of(file).toAbsolutePath().getParent());
      Files.write(Path.of(file), lines);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to write categories (file=" + file + ")", e);
    }
  }

  private void add(TestIdentifier test) {
    if (test.getSource().orElse(null) instanceof MethodSource source) {
      String categories =
          test.getTags().stream()
              .map(TestTag::getName)
              .map(name -> name.substring(name.lastIndexOf('.') + 1))
              .map(name -> name.substring(name.lastIndexOf('$') + 1))
              .sorted()
              .collect(Collectors.joining(","));
      lines.add(source.getClassName() + "#" + source.getMethodName() + "\t" + categories);
    }
  }
}
