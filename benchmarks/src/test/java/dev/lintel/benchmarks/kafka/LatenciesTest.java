package dev.lintel.benchmarks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void percentilesAreThoseOfAllThatWereKept() {
    Latencies latencies = new Latencies(2_000);
    for (long millis = 1_000; millis > 0; millis--) {
      latencies.add(millis * 1_000_000);
    }
    Map<String, Double> measures = new LinkedHashMap<>();
    latencies.tell(measures);
    assertThat(measures)
        .containsExactly(
            entry("p50 ms", 500.0),
            entry("p99 ms", 990.0),
            entry("p99.9 ms", 999.0),
            entry("max ms", 1_000.0));
  }
}
