package dev.lintel.benchmarks.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WorkTest {
  @Test
  void itIsDescribedInRoundNumbers() {
    assertThat(Work.cyclic(10_000_000, 100_000).describe())
        .isEqualTo("10 M elements, 100 k keys, cyclic");
    assertThat(Work.zipf(2_500_000, 7).describe()).isEqualTo("2.5 M elements, 7 keys, zipf");
    assertThat(Work.unkeyed(1).describe()).isEqualTo("1 elements");
  }

  @Test
  void lessOfItHasAsManyElementsForEachKey() {
    assertThat(Work.zipf(1_000, 100).dividedBy(10)).isEqualTo(Work.zipf(100, 10));
    assertThat(Work.cyclic(1_000, 2).dividedBy(10)).isEqualTo(Work.cyclic(100, 1));
  }

  @Test
  void thereIsSomethingToDo() {
    assertThatThrownBy(() -> Work.unkeyed(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
