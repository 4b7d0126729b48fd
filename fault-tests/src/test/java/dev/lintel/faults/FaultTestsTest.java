package dev.lintel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short version; {@code fault-tests/run} is the long one. */
class FaultTestsTest {
  private static final String KILLS = "6";
  private static final String SEED = "20261121";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "database"})
  void nothingIsLostOrComesTwice(String subject) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      Arguments arguments =
          Arguments.parse("--kills", KILLS, "--seed", SEED, "--case", subject, "--module", ".");

      boolean exact = FaultTests.run(arguments, folder, out);

      assertThat(exact).as(printed.toString(StandardCharsets.UTF_8)).isTrue();
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).strip().lines())
        .last()
        .asString()
        .matches("kills=[1-9]\\d* lost=0 duplicated=0 refused=\\d+ recoveryMillis p50=.* p99=.*");
  }
}
