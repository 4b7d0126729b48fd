package dev.lintel.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WordCountTest {
  private static final long SEED = 20_260_131;
  private static final Path LICENCES = Path.of("/usr/share/common-licenses");

  @TempDir Path folder;

  @Test
  void countsOfSeveralFilesAreThoseOfDirectRunner() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    List<String> lines = new ArrayList<>();
    for (int file = 0; file < 3; file++) {
      List<String> ofFile = WordFiles.randomLines(random, 2_000);
      Files.write(folder.resolve("in-" + file + ".txt"), ofFile);
      lines.addAll(ofFile);
    }
    Files.createFile(folder.resolve("in-empty.txt"));

    Map<String, Long> lintel = run(TestedRunner.LINTEL, folder.resolve("in-*.txt").toString());
    Map<String, Long> direct = run(TestedRunner.DIRECT, folder.resolve("in-*.txt").toString());

    assertThat(lintel).as("seed %d", SEED).isEqualTo(direct).isEqualTo(WordFiles.count(lines));
  }

  @Test
  void countsOfTheLicencesAreThoseOfTheShell() throws Exception {
    assumeTrue(
        Files.isDirectory(LICENCES), () -> "needs the licence texts of Debian in " + LICENCES);

    Map<String, Long> lintel = run(TestedRunner.LINTEL, LICENCES + "/*");

    assertThat(lintel).isEqualTo(countInShell());
  }

  @ParameterizedTest
  @EnumSource
  void missingInputIsOneErrorThatNamesTheFile(TestedRunner runner) throws Exception {
    Path missing = folder.resolve("missing.txt");

    assertFails(runner, missing.toString(), "Expected a file at --inputFile=" + missing);
  }

  @ParameterizedTest
  @EnumSource
  void missingInputThatOnlyBeamCanFindMissingIsOneErrorToo(TestedRunner runner) throws Exception {
    String missing = "file:" + folder.resolve("missing.txt");

    assertFails(runner, missing, "No files matched spec: " + missing);
  }

  @ParameterizedTest
  @EnumSource
  void outputThatCannotBeWrittenIsOneErrorThatNamesTheFile(TestedRunner runner) throws Exception {
    Path input = Files.writeString(folder.resolve("in.txt"), "one two two\n");
    Path notAFolder = Files.writeString(folder.resolve("not-a-folder"), "");

    PipelineProcess.Finished finished =
        start(runner, input.toString(), notAFolder.resolve("counts"));

    assertThat(finished.exitStatus()).isEqualTo(1);
    assertThat(finished.output()).contains(notAFolder.toString());
    assertThat(finished.output().split("Exception in thread", -1)).hasSize(2);
  }

  private void assertFails(TestedRunner runner, String input, String error) throws Exception {
    PipelineProcess.Finished finished = start(runner, input, folder.resolve("out"));

    assertThat(finished.exitStatus()).isEqualTo(1);
    assertThat(finished.output()).contains(error);
    assertThat(finished.output().split("Exception in thread", -1)).hasSize(2);
    assertThat(WordFiles.filesIn(folder, "out-")).as("counts of %s", runner).isEmpty();
  }

  private Map<String, Long> run(TestedRunner runner, String input) throws Exception {
    Path results = Files.createDirectory(folder.resolve("of " + runner));
    start(runner, input, results.resolve("counts")).assertSucceeded();
    return WordFiles.readCounts(results, "counts-");
  }

  private PipelineProcess.Finished start(TestedRunner runner, String input, Path output)
      throws IOException, InterruptedException {
    return PipelineProcess.run(
        runner, folder, WordCount.class, List.of("--inputFile=" + input, "--output=" + output));
  }

  /** The texts are plain ASCII: there, tr's letters are all the letters. */
  private static Map<String, Long> countInShell() throws IOException, InterruptedException {
    String script = "cat " + LICENCES + "/* | tr -cs 'A-Za-z' '\\n' | sort | uniq -c";
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", script);
    shell.environment().put("LC_ALL", "C");
    Process process = shell.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Map<String, Long> counts = new TreeMap<>();
    for (String line : new String(process.getInputStream().readAllBytes(), UTF_8).split("\n")) {
      String[] countAndWord = line.strip().split(" ");
      // A text that begins with something else than a letter gives tr an empty word.
      if (countAndWord.length == 2) {
        counts.put(countAndWord[1], Long.parseLong(countAndWord[0]));
      }
    }
    assertThat(process.waitFor()).isZero();
    assertThat(counts).isNotEmpty();
    return counts;
  }
}
