package dev.lintel.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
  @TempDir Path home;

  @Test
  void namesChooseWhatThereIs() {
    List<String> all = List.of("lintel", "flink-batch", "flink-heap");
    assertThat(choose(all)).isEqualTo(all);
    assertThat(choose(all, "flink-*")).containsExactly("flink-batch", "flink-heap");
    assertThat(choose(all, "flink-heap", "lintel")).containsExactly("lintel", "flink-heap");
    assertThatThrownBy(() -> choose(all, "storm"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("storm")
        .hasMessageContaining("flink-heap");
  }

  @Test
  void unknownNamesAreUsageErrors() {
    assertThat(compare().execute("--peers=storm", "--list")).isEqualTo(2);
    assertThat(compare().execute("--cases=nothing", "--list")).isEqualTo(2);
    assertThat(compare().execute("--list")).isZero();
  }

  @Test
  void everyPeerHasANameOfItsOwnAndEveryFolderAPom() {
    assertThat(Peers.all()).extracting(Peer::name).doesNotHaveDuplicates();
    assertThat(Peers.all())
        .filteredOn(each -> !each.classPath().startsWith("("))
        .allSatisfy(
            each -> assertThat(Path.of("peers", each.classPath(), "pom.xml")).isRegularFile());
  }

  /** The whole of it: processes, checks, ratios, files. */
  @Test
  void runsInTurnsAndWritesWhatTheyGave() throws IOException {
    int status =
        compare()
            .execute(
                "--cases=stateful",
                "--works=100 k keys, zipf",
                "--peers=lintel,limit-map",
                "--divide=1000",
                "--rounds=1",
                "--warm-up-seconds=0",
                "--heap=512m",
                "--name=smoke");
    assertThat(status).isZero();
    assertThat(home.resolve("benchmarks/results/smoke.md"))
        .content()
        .contains("10 k elements, 100 keys, zipf")
        .contains("| hand-written: HashMap loop |")
        .doesNotContain("none", "FAILED");
    assertThat(Files.readString(home.resolve("benchmarks/results/smoke.json")))
        .contains("\"checks\" : 3");
  }

  private Compare compare() {
    String classPath = System.getProperty("java.class.path");
    Map<String, String> reactor = new HashMap<>();
    for (String each :
        List.of(Peer.LINTEL, Peer.LINTEL_KAFKA, Peer.LIMITS, BrokerProcess.CLASS_PATH)) {
      reactor.put(each, classPath);
    }
    return new Compare(home, new ClassPaths(home, "target/classes", reactor));
  }

  private static List<String> choose(List<String> all, String... names) {
    return Choice.of("--peers", all, Function.identity(), List.of(names));
  }
}
