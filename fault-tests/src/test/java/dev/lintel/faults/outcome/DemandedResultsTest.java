package dev.lintel.faults.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DemandedResultsTest {
  private static final long EVENTS = 5_000;

  @Test
  void areTheSameForTheSameSeedOnly() {
    Effects demanded = of(1, EVENTS);

    assertThat(demanded.compare(of(1, EVENTS)).isExact()).isTrue();
    assertThat(demanded.compare(of(2, EVENTS)).isExact()).isFalse();
  }

  /**
   * Each event has a place in its key's sequence, and a rate; buckets and sessions have several.
   */
  @Test
  void showEachEvent() {
    Effects all = of(1, EVENTS);
    Effects oneLess = of(1, EVENTS - 1);

    assertThat(all.size()).isBetween(2 * EVENTS + EVENTS / 50, 3 * EVENTS);
    // The sequence, the rate, the bucket and the session of the last event.
    assertThat(all.compare(oneLess).lost()).isEqualTo(4);
  }

  @Test
  void showAnEventThatIsInTheInputTwice() {
    Effects twice =
        DemandedResults.of(1, LongStream.concat(LongStream.range(0, EVENTS), LongStream.of(7)));

    assertThat(twice.compare(of(1, EVENTS)).isExact()).isFalse();
    assertThat(twice.size()).isEqualTo(of(1, EVENTS).size() + 2);
  }

  private static Effects of(long seed, long events) {
    return DemandedResults.of(seed, LongStream.range(0, events));
  }
}
