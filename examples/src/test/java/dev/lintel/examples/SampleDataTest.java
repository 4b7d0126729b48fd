package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The examples as the README starts them, on the data in {@code examples/data}. */
class SampleDataTest {
  private static final String BAD_LINE = "31 January, half past one: dora /home";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void sessions(TestedRunner runner) throws Exception {
    run(runner, UserSessions.class, "--inputFile=data/page-views.txt");

    assertThat(lines("out-"))
        .containsExactlyInAnyOrder(
            "anna 2026-01-31T12:00:05Z 3 views in 1200 seconds",
            "anna 2026-01-31T13:45:00Z 1 views in 0 seconds",
            "anna 2026-02-01T09:00:00Z 2 views in 1799 seconds",
            "anna 2026-02-01T10:00:00Z 1 views in 0 seconds",
            "boris 2026-01-31T12:01:00Z 3 views in 1829 seconds",
            "carla 2026-01-31T13:30:00Z 2 views in 1799 seconds",
            "dora 2026-01-31T23:50:00Z 3 views in 960 seconds");
    assertThat(lines("out.bad-lines-")).containsExactly(BAD_LINE);
  }

  @ParameterizedTest
  @EnumSource
  void uniqueUsers(TestedRunner runner) throws Exception {
    run(runner, UniqueUsers.class, "--inputFile=data/page-views.txt");

    assertThat(lines("out-"))
        .containsExactlyInAnyOrder(
            "2026-01-31T00:00:00Z /home 4",
            "2026-01-31T00:00:00Z /shop 3",
            "2026-01-31T00:00:00Z /shop/cart 1",
            "2026-02-01T00:00:00Z /home 2",
            "2026-02-01T00:00:00Z /shop 1");
    assertThat(lines("out.bad-lines-")).containsExactly(BAD_LINE);
  }

  @ParameterizedTest
  @EnumSource
  void orderPayments(TestedRunner runner) throws Exception {
    run(
        runner,
        OrderPayments.class,
        "--ordersFile=data/orders.txt",
        "--paymentsFile=data/payments.txt");

    String order4 = "order-4 99.00 ordered 2026-01-31T12:03:00Z";
    assertThat(lines("out.paid-0"))
        .containsExactlyInAnyOrder(
            "order-1 49.90 ordered 2026-01-31T12:00:00Z paid 2026-01-31T12:04:30Z by card",
            "order-3 7.50 ordered 2026-01-31T12:02:00Z paid 2026-01-31T12:01:58Z by card",
            "order-5 20.00 ordered 2026-01-31T23:59:00Z paid 2026-02-01T00:01:00Z by cash");
    assertThat(lines("out.unpaid-"))
        .containsExactlyInAnyOrder("order-2 12.00 ordered 2026-01-31T12:01:00Z", order4);
    assertThat(lines("out.paid-late-"))
        .containsExactly(order4 + " paid 2026-01-31T14:00:00Z by bank transfer");
    assertThat(lines("out.payment-without-order-"))
        .containsExactly("order-77 paid 2026-01-31T12:30:00Z by card");
    assertThat(lines("out.duplicate-")).isEmpty();
    assertThat(lines("out.bad-orders-")).containsExactly("order-6 5.00");
    if (runner == TestedRunner.LINTEL) {
      // DirectRunner writes a file with nothing in it: it forgets TextIO's skipIfEmpty().
      assertThat(WordFiles.filesIn(folder, "out.bad-payments-")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void lateData(TestedRunner runner) throws Exception {
    run(runner, LateData.class, "--inputFile=data/late-page-views.txt");

    assertThat(lines("out.panes-"))
        .containsExactlyInAnyOrder(
            "2026-01-31T12:00:00Z /home pane 0 EARLY 2",
            "2026-01-31T12:00:00Z /home pane 1 ON_TIME 3",
            "2026-01-31T12:00:00Z /home pane 2 LATE 4",
            "2026-01-31T12:00:00Z /home pane 3 LATE 5",
            "2026-01-31T12:00:00Z /shop pane 0 EARLY 1",
            "2026-01-31T12:00:00Z /shop pane 1 ON_TIME 1",
            "2026-01-31T12:01:00Z /shop pane 0 ON_TIME 1",
            "2026-01-31T12:01:00Z /shop pane 1 LATE 2");
    assertThat(lines("out.newest-"))
        .containsExactlyInAnyOrder(
            "2026-01-31T12:00:00Z /home 5",
            "2026-01-31T12:00:00Z /shop 1",
            "2026-01-31T12:01:00Z /shop 2");
  }

  private void run(TestedRunner runner, Class<?> example, String... inputs) throws Exception {
    List<String> options = new ArrayList<>(List.of(inputs));
    options.add("--output=" + folder.resolve("out"));
    PipelineProcess.run(runner, folder, example, options).assertSucceeded();
  }

  private List<String> lines(String namePrefix) throws IOException {
    List<Path> files = WordFiles.filesIn(folder, namePrefix);
    assertThat(files).as("files %s*", namePrefix).isNotEmpty();
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      lines.addAll(Files.readAllLines(file));
    }
    return lines;
  }
}
