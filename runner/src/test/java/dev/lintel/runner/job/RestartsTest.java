package dev.lintel.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestartsTest {
  @Test
  void theFirstFailureEndsAJobWithoutRestarts() {
    assertThat(new Restarts(RestartSettings.NONE).failed(0)).isNegative();
  }

  @Test
  void anExponentialDelayDoublesUpToItsLimit() {
    Restarts restarts = new Restarts(new RestartSettings(4, 100, true, 300, true));

    assertThat(restarts.failed(0)).isEqualTo(100);
    assertThat(restarts.failed(100)).isEqualTo(200);
    assertThat(restarts.failed(300)).isEqualTo(300);
    assertThat(restarts.failed(600)).isEqualTo(300);
    assertThat(restarts.failed(900)).as("the fifth failure in a row").isNegative();
  }

  @Test
  void failuresAreInARowUntilTheJobHasRunForAWhile() {
    Restarts restarts = new Restarts(new RestartSettings(1, 100, false, 100, true));

    assertThat(restarts.failed(0)).isEqualTo(100);
    assertThat(restarts.failed(1_101)).isEqualTo(100);
    assertThat(restarts.inARow()).isEqualTo(1);
    assertThat(restarts.failed(2_000)).isNegative();
  }
}
