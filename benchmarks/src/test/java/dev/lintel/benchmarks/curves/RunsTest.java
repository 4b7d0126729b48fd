package dev.lintel.benchmarks.curves;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lintel.benchmarks.compare.Outcome;
import dev.lintel.benchmarks.run.ResultLine;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunsTest {
  private static final long KEYS = 4_000_000;

  @Test
  void whatIsWrittenIsReadAgain() {
    Runs runs = new Runs();
    runs.measuredBy(Map.of("machine", "this one"));
    runs.add("a", 10, measured(100, Map.of("pause ms", 3.0)));
    runs.add("a", 10, measured(300, Map.of("pause ms", 5.0)));
    runs.add("a", 1, measured(200, Map.of()));
    runs.note("b at 7: too slow");

    Runs read = writtenAndRead(runs);
    assertThat(writtenAndRead(read).facts()).isEqualTo(Map.of("machine", "this one"));
    assertThat(read.notes()).containsExactly("b at 7: too slow");
    assertThat(read.xs("a", Runs.THROUGHPUT)).containsExactly(1.0, 10.0);
    assertThat(read.xs("a", "pause ms")).containsExactly(10.0);
    assertThat(read.median("a", 10, Runs.THROUGHPUT)).isEqualTo(200);
    assertThat(read.figures("a", 10, "pause ms")).containsExactly(3, 5);
    assertThat(read.figures("b", 10, "pause ms")).isEmpty();
  }

  @Test
  void aSecondMeasurementTellsWhatDiffers() {
    Runs runs = new Runs();
    runs.measuredBy(Map.of("machine", "this one", "commit", "a"));
    runs.measuredBy(Map.of("machine", "this one", "commit", "b"));
    runs.measuredBy(Map.of("machine", "this one", "commit", "a"));
    assertThat(runs.facts()).isEqualTo(Map.of("machine", "this one", "commit", "a; b"));
  }

  /** 300 bytes for a key, 100 for a timer, beside 50 MiB that are always there. */
  @Test
  void slopesAreWhatEachKeyAndTimerCosts() {
    Curve curve =
        Curves.all(1).stream()
            .filter(each -> each.name().equals("memory"))
            .findFirst()
            .orElseThrow();
    Runs runs = new Runs();
    for (long keys : new long[] {KEYS / 16, KEYS / 4, KEYS}) {
      runs.add("heap, a value", keys, measured(1, Map.of("RSS MiB", mebibytes(300 * keys))));
      runs.add(
          "heap, a value and a timer", keys, measured(1, Map.of("RSS MiB", mebibytes(400 * keys))));
    }
    assertThat(CurveTables.markdown(curve, runs))
        .contains("|  | 250 k to 1 M | 1 M to 4 M |")
        .contains("| heap: a key with a value, RSS | 300 | 300 |")
        .contains("| heap: a timer, RSS | 100 | 100 |")
        .contains("| rocksdb: a timer, RSS |  |  |");
  }

  private static double mebibytes(long bytes) {
    return 50 + bytes / (double) (1 << 20);
  }

  private static Runs writtenAndRead(Runs runs) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    runs.write(node);
    return Runs.read(node);
  }

  private static Outcome.Measured measured(long elements, Map<String, Double> measures) {
    return new Outcome.Measured(new ResultLine(elements, 1, 1024, 1), measures, 0, 1);
  }
}
