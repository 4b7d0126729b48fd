package dev.lintel.runner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole jobs on one thread, whatever fails: see {@link Story}. The first seeds are played by each
 * build, more of them by {@code runner/simulate}.
 */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);
  private static final int SEEDS_TO_FIND_A_MUTATION = 300;

  @TempDir private Path temporary;

  @Test
  void whateverFailsTheOutputIsThatOfTheReference() {
    Simulation simulation = new Simulation(temporary);
    int checkpoints = 0;
    int lives = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Story.Outcome outcome = simulation.play(seed, Mutation.NONE);
      checkpoints += outcome.checkpoints();
      lives += outcome.lives();
    }
    // Otherwise the test would show nothing.
    assertThat(checkpoints).as("checkpoints").isGreaterThan(SEEDS * 2);
    assertThat(lives).as("lives of jobs").isGreaterThan(SEEDS * 3 / 2);
  }

  @Test
  void aSeedIsPlayedTheSameWayAgain() {
    Simulation simulation = new Simulation(temporary);
    for (long seed = 0; seed < 20; seed++) {
      assertThat(simulation.play(seed, Mutation.NONE))
          .as("seed %s", seed)
          .isEqualTo(simulation.play(seed, Mutation.NONE));
    }
  }

  /** The checks can fail. */
  @ParameterizedTest
  @EnumSource(value = Mutation.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void whatIsBrokenOnPurposeIsFound(Mutation mutation) {
    Simulation simulation = new Simulation(temporary);
    assertThat(firstFailing(simulation, mutation))
        .as("the first seed that finds %s", mutation)
        .isLessThan(SEEDS_TO_FIND_A_MUTATION);
  }

  private static long firstFailing(Simulation simulation, Mutation mutation) {
    for (long seed = 0; seed < SEEDS_TO_FIND_A_MUTATION; seed++) {
      try {
        simulation.play(seed, mutation);
      } catch (AssertionError e) {
        return seed;
      }
    }
    return SEEDS_TO_FIND_A_MUTATION;
  }
}
