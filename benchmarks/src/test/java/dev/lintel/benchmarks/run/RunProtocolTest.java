package dev.lintel.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.benchmarks.cases.Work;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the driver tells a run, and what a run tells the driver. */
class RunProtocolTest {
  @Test
  void argumentsComeBackAsTheyWereGiven() {
    RunArguments arguments =
        new RunArguments("combine", Work.zipf(10, 5), 1, List.of("--store=map", "--x"));
    assertThat(RunArguments.parse(arguments.format())).isEqualTo(arguments);
    assertThat(arguments.option("store", "none")).isEqualTo("map");
    assertThat(arguments.option("other", "none")).isEqualTo("none");
  }

  @Test
  void tooFewArgumentsAreRefused() {
    assertThatThrownBy(() -> RunArguments.parse(List.of("combine", "10")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DISTRIBUTION");
  }

  @Test
  void aResultHasItsFiguresByName() {
    var values =
        ResultLine.values("@result\telements=10\tseconds=0.5\tpeakKiB=7\tchecks=3\tp99 ms=1.5");
    assertThat(ResultLine.of(values)).isEqualTo(new ResultLine(10, 0.5, 7, 3));
    assertThat(values).containsEntry("p99 ms", 1.5);
  }

  @Test
  void anotherLineIsNoResult() {
    assertThatThrownBy(() -> ResultLine.values("@started"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ResultLine.of(ResultLine.values("@result\telements=10")))
        .hasMessageContaining("seconds");
  }
}
