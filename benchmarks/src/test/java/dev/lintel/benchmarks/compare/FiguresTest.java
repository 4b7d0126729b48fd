package dev.lintel.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void theMedianIsInTheMiddle() {
    assertThat(Figures.median(new double[] {9, 1, 5})).isEqualTo(5);
    assertThat(Figures.median(new double[] {9, 1, 5, 2})).isEqualTo(3.5);
    assertThat(Figures.median(new double[] {4})).isEqualTo(4);
    assertThatThrownBy(() -> Figures.median(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void threeDigitsAreShown() {
    assertThat(Figures.throughput(2_849_000)).isEqualTo("2.85 M");
    assertThat(Figures.throughput(49_100)).isEqualTo("49.1 k");
    assertThat(Figures.throughput(870)).isEqualTo("870");
    assertThat(Figures.seconds(12.345)).isEqualTo("12.3 s");
    assertThat(Figures.ratio(0.0521)).isEqualTo("0.052×");
    assertThat(Figures.three(0)).isEqualTo("0");
    assertThat(Figures.three(12_345)).isEqualTo("12345");
  }
}
