package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples' transforms over streams: late data, several panes, timers. Each runner runs all
 * cases in one process, and each case has a test of its own.
 */
class StreamCasesTest {
  private static final List<Results> RESULTS = new ArrayList<>();

  @TempDir static Path folder;

  @BeforeAll
  static void runAllCases() throws Exception {
    run(TestedRunner.LINTEL, "--stateBackend=rocksdb", "--parallelism=3");
    run(TestedRunner.LINTEL, "--stateBackend=heap", "--parallelism=1");
    run(TestedRunner.DIRECT);
  }

  @ParameterizedTest
  @MethodSource("dev.lintel.examples.StreamCase#all")
  void givesWhatIsExpectedOnEachRunner(StreamCase streamCase) {
    for (Results results : RESULTS) {
      assertThat(results.linesByCase.get(streamCase.name()))
          .as("%s on %s with %s", streamCase, results.runner, results.options)
          .containsExactlyInAnyOrderElementsOf(streamCase.expectedOn(results.runner));
    }
  }

  @Test
  void windowsThatAreOverTakeNoMemory() throws Exception {
    StreamCase hugePages = UniqueUsersCases.hugePages();
    Path results = folder.resolve("huge pages");

    PipelineProcess.runInHeap(
            UniqueUsersCases.HUGE_HEAP,
            TestedRunner.LINTEL,
            folder,
            StreamCasesMain.class,
            List.of("--results=" + results, "--case=" + hugePages.name(), "--stateBackend=heap"))
        .assertSucceeded();

    assertThat(read(results).get(hugePages.name())).isEqualTo(hugePages.expected());
  }

  private static void run(TestedRunner runner, String... options) throws Exception {
    Path file = folder.resolve("results " + RESULTS.size());
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add("--results=" + file);
    PipelineProcess.run(runner, folder, StreamCasesMain.class, arguments).assertSucceeded();
    RESULTS.add(new Results(runner, List.of(options), read(file)));
  }

  private static Map<String, List<String>> read(Path results) throws IOException {
    Map<String, List<String>> linesByCase = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(results)) {
      if (line.startsWith("# ")) {
        lines = new ArrayList<>();
        linesByCase.put(line.substring(2), lines);
      } else {
        lines.add(line);
      }
    }
    return linesByCase;
  }

  private record Results(
      TestedRunner runner, List<String> options, Map<String, List<String>> linesByCase) {}
}
