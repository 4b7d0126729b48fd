package dev.lintel.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The runners on which each example runs, each with the class path that the build wrote for it. */
enum TestedRunner {
  LINTEL("LintelRunner", "lintel", ""),
  DIRECT("DirectRunner", "direct", "target/direct/beam-runners-direct-java.jar");

  private final String flagValue;
  private final String classPathFile;
  private final String firstJar;

  TestedRunner(String flagValue, String classPathFile, String firstJar) {
    this.flagValue = flagValue;
    this.classPathFile = classPathFile;
    this.firstJar = firstJar;
  }

  String flag() {
    return "--runner=" + flagValue;
  }

  /** The examples and all that they need at run time. */
  String classPath() {
    Path file = Path.of("target/classpaths", classPathFile).toAbsolutePath();
    try {
      String libraries = Files.readString(file).strip();
      String examples = Path.of("target/classes").toAbsolutePath().toString();
      String first =
          firstJar.isEmpty() ? "" : Path.of(firstJar).toAbsolutePath() + File.pathSeparator;
      return first + examples + File.pathSeparator + libraries;
    } catch (IOException e) {
      throw new AssertionError(
          "Expected the class path of "
              + flagValue
              + " in "
              + file
              + ", but it can't be read: run the test through Maven, which writes it",
          e);
    }
  }
}
