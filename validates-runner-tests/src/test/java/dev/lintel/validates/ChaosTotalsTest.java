package dev.lintel.validates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosTotalsTest {
  @TempDir Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("chaos.tsv"), content);
  }

  @Test
  void jobsAreSummedUp() throws IOException {
    Path file = file("ATest-a\t3\t5\tOPEN=2 STORE=1\tx=1\nATest-b\t1\t2\t\tx=2\n");

    ChaosTotals totals = ChaosTotals.read(file);

    assertThat(totals.line())
        .isEqualTo("jobs=2 faults=3 restarts=2 checkpoints=7 {OPEN=2, STORE=1}");
    assertThat(totals.complaints()).isEmpty();
  }

  @Test
  void aRunWithoutFaultsIsWorthless() throws IOException {
    assertThat(ChaosTotals.read(file("ATest-a\t1\t5\t\tx=1\n")).complaints()).hasSize(1);
    assertThat(ChaosTotals.read(folder.resolve("missing")).complaints()).hasSize(1);
  }

  @Test
  void aLineThatIsNoneIsRefused() throws IOException {
    Path file = file("torn");

    assertThatThrownBy(() -> ChaosTotals.read(file)).hasMessageContaining("torn");
  }
}
