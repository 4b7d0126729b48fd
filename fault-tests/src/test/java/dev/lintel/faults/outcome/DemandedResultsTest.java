package dev.lintel.faults.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandedResultsTest {
  private static final long EVENTS = 5_000;

  @Test
  void areTheSameForTheSameSeedOnly() {
    Effects demanded = DemandedResults.of(1, EVENTS);

    assertThat(demanded.compare(DemandedResults.of(1, EVENTS)).isExact()).isTrue();
    assertThat(demanded.compare(DemandedResults.of(2, EVENTS)).isExact()).isFalse();
  }

  /**
   * Each event has a place in its key's sequence, and a rate; buckets and sessions have several.
   */
  @Test
  void showEachEvent() {
    Effects all = DemandedResults.of(1, EVENTS);
    Effects oneLess = DemandedResults.of(1, EVENTS - 1);

    assertThat(all.size()).isBetween(2 * EVENTS + EVENTS / 50, 3 * EVENTS);
    // The sequence, the rate, the bucket and the session of the last event.
    assertThat(all.compare(oneLess).lost()).isEqualTo(4);
  }
}
