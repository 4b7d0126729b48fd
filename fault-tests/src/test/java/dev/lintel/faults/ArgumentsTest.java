package dev.lintel.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void printsTheCommandThatDoesTheSame() {
    Arguments arguments =
        Arguments.parse("--seed", "7", "--kills", "200", "--state", "1GB", "--option", "--a=b");

    assertThat(arguments.stateBytes()).isEqualTo(1L << 30);
    assertThat(arguments)
        .hasToString(
            "fault-tests/run --kills 200 --seed 7 --case kafka --state 1024MB --option --a=b");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> Arguments.parse("--kill", "3")).hasMessageContaining("'--kill'");
    assertThatThrownBy(() -> Arguments.parse("--case", "file")).hasMessageContaining("'file'");
    assertThatThrownBy(() -> Arguments.parse("--state", "1")).hasMessageContaining("'1'");
    assertThatThrownBy(() -> Arguments.parse("--kills")).hasMessageContaining("usage");
  }
}
