package dev.lintel.benchmarks.curves;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.benchmarks.compare.ClassPaths;
import dev.lintel.benchmarks.compare.Peer;
import dev.lintel.benchmarks.curves.Curve.Point;
import dev.lintel.benchmarks.curves.Curve.Series;
import dev.lintel.benchmarks.run.RunArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesCommandTest {
  @TempDir Path home;

  @Test
  void unknownCurvesAndOptionsAreUsageErrors() {
    assertThat(command().execute("--curves=height", "--list")).isEqualTo(2);
    assertThat(command().execute("--rounds=many")).isEqualTo(2);
    assertThat(command().execute("--list")).isZero();
    assertThat(command().execute("--curves=keys,mem*", "--quick", "--list")).isZero();
  }

  @Test
  void namesAreUniqueAndEverySizeCanBeRun() {
    for (long divisor : List.of(1L, 10L, 1_000L)) {
      List<Curve> all = Curves.all(divisor);
      assertThat(all).extracting(Curve::name).doesNotHaveDuplicates();
      for (Curve curve : all) {
        List<Series> series = curve.series();
        assertThat(series).extracting(Series::name).doesNotHaveDuplicates();
        assertThat(series).allSatisfy(each -> assertThat(each.points()).isNotEmpty());
        assertThat(curve.slopes())
            .allSatisfy(each -> assertThat(series).extracting(Series::name).contains(each.of()));
        for (Point point : series.stream().flatMap(each -> each.points().stream()).toList()) {
          RunArguments arguments =
              new RunArguments(point.caseName(), point.work(), 1, point.peer().options());
          assertThat(RunArguments.parse(arguments.format())).isEqualTo(arguments);
        }
      }
    }
  }

  /** The whole of it: processes, figures, files; and later commands that keep what is there. */
  @Test
  void measuresAndDraws() throws IOException {
    assertThat(run("--curves=parallelism", "--points=ParDos at 1", "--divide=10000")).isZero();
    assertThat(run("--curves=parallelism", "--points=ParDos at 2", "--divide=10000")).isZero();
    Path table = home.resolve("benchmarks/results/tiny.md");
    assertThat(table)
        .content()
        .contains("## Throughput and parallelism", "| 1 |", "| 2 |", "tiny-parallelism.svg");
    Path picture = home.resolve("docs/tiny-parallelism.svg");
    String drawn = Files.readString(picture);
    assertThat(drawn.split("<circle", -1)).hasSize(2 + 1);
    Files.delete(picture);
    assertThat(run("--draw")).isZero();
    assertThat(picture).hasContent(drawn);
  }

  @Test
  void looksAtAStateThatIsKept() {
    assertThat(run("--curves=memory", "--points=rocksdb.*timer at 1 k", "--divide=4000")).isZero();
    assertThat(home.resolve("benchmarks/results/tiny.md"))
        .content()
        .contains("**RSS MiB**", "**disk MiB**", "| 1 k |");
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 3];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--rounds=1";
    all[arguments.length + 1] = "--heap=512m";
    all[arguments.length + 2] = "--name=tiny";
    return command().execute(all);
  }

  private CurvesCommand command() {
    String classPath = System.getProperty("java.class.path");
    Map<String, String> reactor = Map.of(Peer.LINTEL, classPath, Peer.LIMITS, classPath);
    return new CurvesCommand(home, new ClassPaths(home, "target/classes", reactor));
  }
}
