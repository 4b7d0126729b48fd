package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The files that the reading path names exist. */
class ArchitectureDocTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern FILE = Pattern.compile("`([\\w/.-]+\\.java)`");

  @Test
  void everyFileOfTheReadingPathExists() throws IOException {
    String doc = Files.readString(ROOT.resolve("docs/ARCHITECTURE.md"));
    List<String> files = FILE.matcher(doc).results().map(match -> match.group(1)).toList();
    assertThat(files).hasSizeBetween(12, 20).doesNotHaveDuplicates();
    assertThat(files).allSatisfy(file -> assertThat(ROOT.resolve(file)).isRegularFile());
  }
}
