package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TransactionalIdsTest {
  @Test
  void areToldFromThoseOfOtherJobsAndTransforms() {
    TransactionalIds ids = TransactionalIds.of("a", "b/c");

    assertThat(ids.ofSlot(2, 2)).containsExactly("lintel/a/b%2Fc/2.0", "lintel/a/b%2Fc/2.1");
    assertThat(ids.ofSlot(2, 2)).allMatch(ids::contains);
    assertThat(TransactionalIds.of("a/b", "c").ofSlot(0, 1)).noneMatch(ids::contains);
    assertThat(TransactionalIds.of("a", "b").ofSlot(0, 1)).noneMatch(ids::contains);
    assertThat(ids.contains("lintel/a/b%2Fc/of-someone-else")).isFalse();
    assertThat(TransactionalIds.sinkOf("lintel/a/b%2Fc/2.1")).isEqualTo(ids);
  }

  @Test
  void eachHasOneCaretakerHoweverManySlotsThereAre() {
    assertThat(TransactionalIds.caretaker("lintel/a/b/5.0", 8)).isEqualTo(5);
    assertThat(TransactionalIds.caretaker("lintel/a/b/5.1", 3)).isEqualTo(2);
    assertThatThrownBy(() -> TransactionalIds.caretaker("other", 3))
        .hasMessageContaining("Expected a transactional id of Lintel's");
  }
}
