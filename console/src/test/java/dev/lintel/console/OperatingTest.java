package dev.lintel.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operates a pipeline as a user does: by {@code ./lintel}, in processes of its own. */
@Timeout(600)
class OperatingTest {
  private static final int CLOCKS = 4;
  private static final int TICKS_PER_SECOND = 200;
  private static final Pattern WINDOW = Pattern.compile("of-clocks-(.{24})-00000-of-00001");
  private static final Pattern LINE = Pattern.compile("clock-(\\d) (\\d+) ticks, (\\d+) in all");

  @TempDir Path folder;
  private LintelScript lintel;
  private String control;

  @BeforeEach
  void createProject() throws IOException {
    lintel = new LintelScript(Files.createDirectory(folder.resolve("a project")));
    control = "--controlDirectory=" + folder.resolve("control");
  }

  @AfterEach
  void killWhatRuns() {
    lintel.close();
  }

  private LintelScript.Background start(String output, String... more) throws Exception {
    List<String> options = new ArrayList<>();
    options.add("--example=ticks");
    options.add("--jobName=ticks");
    options.add("--clocks=" + CLOCKS);
    options.add("--ticksPerSecond=" + TICKS_PER_SECOND);
    options.add("--tickWindowSeconds=1");
    options.add("--output=" + folder.resolve(output) + "/of-clocks");
    options.add("--checkpointDir=" + folder.resolve("checkpoints-of-" + output));
    options.add("--checkpointIntervalMillis=500");
    options.add("--stateDirectory=" + folder.resolve("state"));
    options.add(control);
    options.addAll(List.of(more));
    return lintel.start(options);
  }

  private LintelScript.Outcome ask(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(control);
    return lintel.run(all.toArray(new String[0]));
  }

  /** The windows that have been written, each with its lines. */
  private Map<String, List<String>> windows(String output) throws IOException {
    Map<String, List<String>> windows = new TreeMap<>();
    Path written = folder.resolve(output);
    if (Files.isDirectory(written)) {
      try (Stream<Path> files = Files.list(written)) {
        for (Path each : files.toList()) {
          Matcher name = WINDOW.matcher(each.getFileName().toString());
          if (name.matches()) {
            windows.put(name.group(1), Files.readAllLines(each));
          }
        }
      }
    }
    return windows;
  }

  private void awaitWindows(LintelScript.Background pipeline, String output, int more)
      throws Exception {
    int target = windows(output).size() + more;
    pipeline.await(() -> windows(output).size() >= target);
  }

  /**
   * No tick is lost or counted twice: the windows follow each other, every clock has ticked equally
   * often in each of them, and the sums are right.
   *
   * @param isDrained the pipeline has ended with what it had read: the last windows are not whole
   */
  private static void assertEachTickOnce(Map<String, List<String>> windows, boolean isDrained) {
    Map<String, Integer> sums = new HashMap<>();
    int perWindow = TICKS_PER_SECOND / CLOCKS;
    int second = 0;
    for (Map.Entry<String, List<String>> window : windows.entrySet()) {
      boolean mayBePartial = isDrained && second >= windows.size() - 2;
      assertThat(window.getKey())
          .isEqualTo("2026-01-31T12-%02d-%02d.000Z".formatted(second / 60, second % 60));
      for (String line : window.getValue()) {
        Matcher clock = LINE.matcher(line);
        assertThat(clock.matches()).as("'%s' in %s", line, window).isTrue();
        int ticks = Integer.parseInt(clock.group(2));
        int sum = sums.merge(clock.group(1), ticks, Integer::sum);
        assertThat(ticks == perWindow || (mayBePartial && ticks < perWindow))
            .as("%s ticks in %s", ticks, window)
            .isTrue();
        assertThat(Integer.parseInt(clock.group(3))).as("sum in %s", window).isEqualTo(sum);
      }
      if (!mayBePartial) {
        assertThat(window.getValue()).as("clocks of %s", window.getKey()).hasSize(CLOCKS);
      }
      second++;
    }
  }

  @Test
  void aJobIsStoppedMovedKilledAndDrainedWithoutALoss() throws Exception {
    LintelScript.Background first = start("first", "--parallelism=2");
    awaitWindows(first, "first", 2);
    assertThat(ask("status").assertGood().output()).containsPattern("ticks +RUNNING");
    assertThat(ask("status", "ticks").assertGood().output())
        .contains("watermark", "Tick+OfClock+IntoWindows+CountTicks");
    String savepoint = folder.resolve("savepoint").toString();
    assertThat(ask("savepoint", "ticks", "--path=" + savepoint).assertGood().output())
        .isEqualToIgnoringNewLines(savepoint);
    int atSavepoint = windows("first").size();

    assertThat(ask("stop", "ticks").assertGood().output())
        .contains("Job ticks has stopped with a last checkpoint.");
    first.awaitEnd();
    Map<String, List<String>> written = windows("first");
    assertEachTickOnce(written, false);

    // Back to the savepoint, somewhere else, with other slots; then a SIGTERM.
    LintelScript.Background second =
        start("second", "--parallelism=1", "--stateBackend=heap", "--restore=" + savepoint);
    assertThat(second.log()).contains("Job ticks goes on from the savepoint " + savepoint);
    awaitWindows(second, "second", 2);
    second.terminate();
    second.awaitEnd();

    LintelScript.Background third = start("second", "--parallelism=3");
    assertThat(third.log()).contains("Job ticks goes on from the checkpoint ");
    awaitWindows(third, "second", 2);
    assertThat(ask("drain", "ticks").assertGood().output()).contains("Job ticks has drained.");
    third.awaitEnd();

    Map<String, List<String>> again = windows("second");
    assertThat(again.keySet())
        .doesNotContainAnyElementsOf(written.keySet().stream().limit(2).toList());
    written.keySet().removeAll(written.keySet().stream().skip(atSavepoint).toList());
    written.putAll(again);
    assertEachTickOnce(written, true);
    assertThat(ask("status").output()).contains("No job of yours");
  }

  @Test
  void whatIsStoredIsListedAndADamagedFileIsNamed() throws Exception {
    LintelScript.Background pipeline = start("ticks");
    awaitWindows(pipeline, "ticks", 1);
    String savepoint = folder.resolve("savepoint").toString();
    assertThat(ask("stop", "ticks", "--savepoint=" + savepoint).assertGood().output())
        .contains("--restore=" + savepoint);

    String checkpoints = folder.resolve("checkpoints-of-ticks").toString();
    assertThat(lintel.run("checkpoints", "list", checkpoints).assertGood().output())
        .containsPattern("ticks +\\d+ +checkpoint ");
    assertThat(lintel.run("checkpoints", "describe", savepoint).assertGood().output())
        .containsPattern("job +ticks")
        .containsPattern("CountTicks\\+OverAllWindows +\\d")
        .contains("Tick/Read(UnboundedCountingSource)");
    assertThat(lintel.run("checkpoints", "verify", savepoint).assertGood().output())
        .contains("good:");

    Path damaged;
    try (Stream<Path> files = Files.list(folder.resolve("savepoint/files"))) {
      damaged = files.sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    LintelScript.Outcome outcome = lintel.run("checkpoints", "verify", savepoint);
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.output()).contains("damaged: " + savepoint, damaged.toString());
  }

  @Test
  void whatCannotBeDoneIsSaid() throws Exception {
    assertThat(ask("status").assertGood().output()).contains("No job of yours");
    LintelScript.Outcome unknown = ask("stop", "nobody");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.output()).contains("there is no job 'nobody'", "No job of yours");

    LintelScript.Outcome failed =
        lintel.run("start", "--example=ticks", control, "--clocks=0", "--output=o");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.output())
        .contains("Expected --clocks of at least 1", "has failed before its job ran");

    LintelScript.Outcome nothing = lintel.run("checkpoints", "verify", folder + "/nothing");
    assertThat(nothing.status()).isEqualTo(1);
    assertThat(nothing.output()).contains("Expected a --checkpointDir", folder + "/nothing");
    assertThat(lintel.run("checkpoints").status()).isEqualTo(2);
  }
}
