package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.checkpoint.manifest.JsonFormat;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The savepoints of every format there has been are restored as if they had just been taken. */
@Timeout(120)
class SavepointFormatTest {
  @TempDir Path folder;

  private static Path savepoints() throws URISyntaxException {
    URL found = SavepointFormatTest.class.getResource("/savepoints");
    return Path.of(Objects.requireNonNull(found, "the savepoints").toURI());
  }

  static Stream<Arguments> restores() throws IOException, URISyntaxException {
    try (Stream<Path> all = Files.list(savepoints())) {
      List<Path> stored = all.filter(Files::isDirectory).sorted().toList();
      return stored.stream()
          .flatMap(
              each ->
                  Stream.of("rocksdb", "heap")
                      .flatMap(
                          backend ->
                              Stream.of(1, 2, 3)
                                  .map(
                                      slots ->
                                          Arguments.of(
                                              each.getFileName().toString(), backend, slots))));
    }
  }

  @ParameterizedTest
  @MethodSource("restores")
  void aStoredSavepointIsRestored(String savepoint, String backend, int parallelism)
      throws URISyntaxException {
    GatedJob job =
        new GatedJob(SavepointProgram.JOB, folder)
            .set("restore", savepoints().resolve(savepoint).toString())
            .set("stateBackend", backend)
            .set("parallelism", "" + parallelism);
    assertThat(job.runToEnd(SavepointProgram::body))
        .containsExactlyElementsOf(SavepointProgram.after());
  }

  /** Otherwise: make one, as the README beside them says. */
  @Test
  void thereIsOneOfTheFormatOfToday() throws URISyntaxException {
    assertThat(savepoints().resolve("format-" + JsonFormat.FORMAT)).isDirectory();
  }

  /** With {@code -Dlintel.savepoint=FOLDER} it stays, to be kept with the others. */
  @Test
  void theProgramTakesOne() {
    String kept = System.getProperty("lintel.savepoint");
    Path savepoint = kept == null ? folder.resolve("savepoint") : Path.of(kept).toAbsolutePath();
    assertThat(SavepointProgram.takeSavepoint(folder, savepoint))
        .containsExactlyElementsOf(SavepointProgram.before());
    assertThat(
            new GatedJob(SavepointProgram.JOB, folder)
                .set("restore", savepoint.toString())
                .runToEnd(SavepointProgram::body))
        .containsExactlyElementsOf(SavepointProgram.after());
  }
}
