package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the examples refuse before a pipeline starts. The runner's name is looked up only. */
class ExampleOptionsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "UserSessions, --output=o, Missing required value for [--inputFile",
    "UserSessions, --inputFile=data/page-views.txt, Missing required value for [--output",
    "UserSessions, --inputFile=missing.txt --output=o, a file at --inputFile=missing.txt",
    "UserSessions, --inputFile=data/page-views.txt --output=o --gapMinutes=0, --gapMinutes of at",
    "UserSessions, --inputFiles=data/page-views.txt --output=o, inputFile",
    "UniqueUsers, --inputFile=data/page-views.txt --output=o --windowMinutes=0, --windowMinutes",
    "UniqueUsers, --inputFile=data/page-views.txt --output=o --allowedLatenessMinutes=-1, -1",
    "OrderPayments, --paymentsFile=data/payments.txt --output=o, Missing required value for [--ordersFile",
    "OrderPayments, --ordersFile=x --paymentsFile=data/payments.txt --output=o, --ordersFile=x",
    "OrderPayments, --ordersFile=data/orders.txt --paymentsFile=x --output=o, --paymentsFile=x",
    "LateData, --output=o, Missing required value for [--inputFile",
    "LateData, --inputFile=missing.txt --output=o, a local text file at --inputFile=missing.txt",
    "LateData, --inputFile=data/late-page-views.txt --output=o --windowSeconds=0, --windowSeconds",
    "CountTicks, --clocks=3, Missing required value for [--output",
    "CountTicks, --output=o --clocks=0, --clocks of at least 1",
    "CountTicks, --output=o --ticksPerSecond=0, --ticksPerSecond of at least 1",
  })
  void refusesOptions(String example, String options, String error) {
    assertThatThrownBy(() -> main(example, options.split(" "))).hasMessageContaining(error);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 14})
  void anOrderIsRememberedAtLeastAsLongAsItWaits(int minutes) {
    assertThatThrownBy(
            () ->
                main(
                    "OrderPayments",
                    "--ordersFile=data/orders.txt",
                    "--paymentsFile=data/payments.txt",
                    "--output=o",
                    "--rememberMinutes=" + minutes))
        .hasMessage("Expected --rememberMinutes of at least 15, but it is " + minutes + ".");
  }

  @ParameterizedTest
  @CsvSource({
    "yesterday anna /home, Expected a time",
    "watermark noon, found 'noon'",
    "wait a minute, found 'a minute'",
    "wait -1, line 3",
    "watermark 2026-01-31T11:59:59Z, line 3",
  })
  void replayNamesTheLineThatItDoesNotUnderstand(String line, String error) throws Exception {
    Path file = folder.resolve("stream.txt");
    Files.write(file, List.of("# a stream", "watermark 2026-01-31T12:00:00Z", line));

    assertThatThrownBy(() -> main("LateData", "--inputFile=" + file, "--output=o"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(error)
        .hasMessageContaining("(" + file + ", line 3)");
  }

  private static void main(String example, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add(TestedRunner.LINTEL.flag());
    String[] array = arguments.toArray(new String[0]);
    switch (example) {
      case "UserSessions" -> UserSessions.main(array);
      case "UniqueUsers" -> UniqueUsers.main(array);
      case "OrderPayments" -> OrderPayments.main(array);
      case "CountTicks" -> CountTicks.main(array);
      case "LateData" -> LateData.main(array);
      default -> assertThat(example).as("an example").isNull();
    }
  }
}
