package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WindowedWordCountTest {
  private static final long SEED = 20_260_201;
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
  private static final int WINDOW_SECONDS = 90;
  private static final int WINDOWS = 6;

  @TempDir Path folder;

  @Test
  void eachWindowHasAFileWithTheCountsOfDirectRunner() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<Integer, List<String>> textsByWindow = new TreeMap<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      // In no order: the times of a bounded input may come as they like.
      int second = random.nextInt(WINDOWS * WINDOW_SECONDS);
      String text = WordFiles.randomLine(random);
      lines.add(NOON.plusSeconds(second) + " " + text);
      textsByWindow.computeIfAbsent(second / WINDOW_SECONDS, w -> new ArrayList<>()).add(text);
    }
    Path input = Files.write(folder.resolve("log.txt"), lines);
    Map<String, Map<String, Long>> expected = new TreeMap<>();
    textsByWindow.forEach(
        (window, texts) -> expected.put(nameOfWindow(window), WordFiles.count(texts)));

    Map<String, Map<String, Long>> lintel = run(TestedRunner.LINTEL, input);
    Map<String, Map<String, Long>> direct = run(TestedRunner.DIRECT, input);

    assertThat(lintel).as("seed %d", SEED).isEqualTo(direct).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void lineWithoutTimeIsOneErrorThatShowsTheLine(TestedRunner runner) throws Exception {
    Path input = Files.writeString(folder.resolve("log.txt"), NOON + " good\nhalf past noon\n");

    PipelineProcess.Finished finished = start(runner, input, folder.resolve("counts"));

    assertThat(finished.exitStatus()).isEqualTo(1);
    assertThat(finished.output()).contains("but found 'half past noon'");
    assertThat(finished.output().split("Exception in thread", -1)).hasSize(2);
    assertThat(WordFiles.filesIn(folder, "counts-")).as("counts of %s", runner).isEmpty();
  }

  private Map<String, Map<String, Long>> run(TestedRunner runner, Path input) throws Exception {
    Path results = Files.createDirectory(folder.resolve("of " + runner));
    start(runner, input, results.resolve("counts")).assertSucceeded();
    Map<String, Map<String, Long>> counts = new TreeMap<>();
    for (Path file : WordFiles.filesIn(results, "counts-")) {
      String name = file.getFileName().toString();
      counts.put(name, WordFiles.readCounts(results, name));
    }
    return counts;
  }

  private PipelineProcess.Finished start(TestedRunner runner, Path input, Path output)
      throws Exception {
    return PipelineProcess.run(
        runner,
        folder,
        WindowedWordCount.class,
        List.of("--inputFile=" + input, "--output=" + output, "--windowSeconds=" + WINDOW_SECONDS));
  }

  private static String nameOfWindow(int window) {
    Instant begin = NOON.plusSeconds((long) window * WINDOW_SECONDS);
    String time = begin.toString().replace("Z", ".000Z").replace(':', '-');
    return "counts-" + time + "-00000-of-00001";
  }
}
