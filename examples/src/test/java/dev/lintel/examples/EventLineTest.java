package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLineTest {
  @Test
  void takesALineApart() {
    assertThat(EventLine.parse("2026-01-31T12:00:00.250Z  anna\tbank  transfer "))
        .isEqualTo(
            TimestampedValue.of(
                KV.of("anna", "bank  transfer"), Instant.parse("2026-01-31T12:00:00.250Z")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31T12:00:00Z anna",
        "2026-01-31T12:00:00Z",
        " 2026-01-31T12:00:00Z anna /home",
        "2026-01-31T12:00:00 anna /home",
        "2026-01-31 anna /home",
        "2026-02-30T12:00:00Z anna /home",
        "+999999999-01-01T00:00:00Z anna /home",
        "anna /home 2026-01-31T12:00:00Z",
        "text",
      })
  void refusesALineThatIsNoEvent(String line) {
    assertThatThrownBy(() -> EventLine.parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Expected a time");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "# 2026-01-31T12:00:00Z anna /home"})
  void blankLinesAndCommentsAreNoEvents(String line) {
    assertThat(EventLine.isEvent(line)).isFalse();
  }

  @Test
  void formatsATimeAsItReadsIt() {
    for (String time : new String[] {"2026-01-31T12:00:00Z", "2026-01-31T12:00:00.001Z"}) {
      assertThat(EventLine.format(EventLine.parseTime(time))).isEqualTo(time);
    }
  }
}
