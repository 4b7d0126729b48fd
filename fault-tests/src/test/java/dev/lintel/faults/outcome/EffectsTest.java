package dev.lintel.faults.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.faults.outcome.Effects.Comparison;
import org.junit.jupiter.api.Test;

class EffectsTest {
  @Test
  void seesWhatIsLostAndWhatComesTwice() {
    Effects demanded = effects("a", "b", "b", "c");

    Comparison same = demanded.compare(effects("b", "c", "a", "b"));
    Comparison other = demanded.compare(effects("a", "a", "b", "d"));

    assertThat(same.isExact()).isTrue();
    assertThat(same.demanded()).isEqualTo(4);
    assertThat(other.isExact()).isFalse();
    assertThat(other.lost()).isEqualTo(2);
    assertThat(other.lostNames()).containsExactly("b", "c");
    assertThat(other.duplicated()).isEqualTo(2);
    assertThat(other.duplicatedNames()).containsExactly("a", "d");
  }

  private static Effects effects(String... all) {
    Effects effects = new Effects();
    for (String each : all) {
      effects.add(each);
    }
    return effects;
  }
}
