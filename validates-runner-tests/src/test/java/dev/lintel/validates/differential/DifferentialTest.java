package dev.lintel.validates.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.validates.BrokenRunner;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Some seeds in each build; {@code validates-runner-tests/differential} runs more. */
@Timeout(900)
class DifferentialTest {
  private static final long SEEDS = 60;
  private static final long SEEDS_OF_BROKEN_RUNNER = 6;
  private static final String REPLAY = "validates-runner-tests/differential --seed ";

  @Test
  void lintelGivesWhatDirectRunnerGives() {
    List<String> differences = new ArrayList<>();

    try (Differential differential =
        new Differential(List.of("--runner=LintelRunner", "--parallelism=2"))) {
      differential.compare(
          1, SEEDS, difference -> differences.add(difference.print(REPLAY)), progress -> {});
    }

    assertThat(differences).isEmpty();
  }

  /** It drops every element and says that all went well: most pipelines must tell. */
  @Test
  void aBrokenRunnerIsFoundOut() {
    List<Difference> differences = new ArrayList<>();

    int count;
    try (Differential differential =
        new Differential(List.of("--runner=" + BrokenRunner.class.getName()))) {
      count = differential.compare(1, SEEDS_OF_BROKEN_RUNNER, differences::add, progress -> {});
    }

    assertThat(count).isGreaterThan((int) SEEDS_OF_BROKEN_RUNNER / 2).isEqualTo(differences.size());
    assertThat(differences)
        .allSatisfy(
            difference -> {
              assertThat(difference.expected().minus(difference.actual())).isNotEmpty();
              assertThat(difference.print(REPLAY))
                  .contains(REPLAY + difference.request().seed(), "On DirectRunner only:");
            });
  }
}
