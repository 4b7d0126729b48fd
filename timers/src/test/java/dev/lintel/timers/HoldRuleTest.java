package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.EncodedKey;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StatefulDoFnRunner.TimeInternalsCleanupTimer;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.CausedByDrain;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HoldRuleTest {
  private static final long END_OF_TIME = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final HoldRule eventTime = new HoldRule(TimeDomain.EVENT_TIME, false);
  private final HoldRule processingTime = new HoldRule(TimeDomain.PROCESSING_TIME, false);

  private static TimerIdentity timer(String family, String id) {
    return new TimerIdentity(EncodedKey.EMPTY, StateNamespaces.global(), family, id);
  }

  @Test
  void anEventTimeTimerHoldsBeforeItsOwnTimestampOnly() {
    assertThat(eventTime.holds(timer("", "id"), 10, 9)).isTrue();
    assertThat(eventTime.holds(timer("", "id"), 10, 10)).isFalse();
    assertThat(eventTime.holds(timer("", "id"), 10, 11)).isFalse();
  }

  @Test
  void aProcessingTimeTimerOfAUsersHolds() {
    assertThat(processingTime.holds(timer("", "id"), 10, 9)).isTrue();
    assertThat(processingTime.holds(timer("", "id"), 10, 10)).isTrue();
    assertThat(processingTime.holds(timer("", "id"), 10, 11)).isTrue();
  }

  @Test
  void aTimerWithoutOutputTimestampDoesNotHold() {
    assertThat(eventTime.holds(timer("", "id"), END_OF_TIME + 9, END_OF_TIME + 1)).isFalse();
    assertThat(processingTime.holds(timer("", "id"), 10, END_OF_TIME + 1)).isFalse();
    assertThat(processingTime.holds(timer("", "id"), 10, END_OF_TIME)).isTrue();
  }

  @Test
  void aCleanUpTimerHoldsOnlyIfToldTo() {
    TimerIdentity cleanUp = timer("", TimeInternalsCleanupTimer.GC_TIMER_ID);
    assertThat(eventTime.holds(cleanUp, 11, 9)).isFalse();
    assertThat(new HoldRule(TimeDomain.EVENT_TIME, true).holds(cleanUp, 11, 9)).isTrue();
    TimerIdentity ofAFamily = timer("family", TimeInternalsCleanupTimer.GC_TIMER_ID);
    assertThat(eventTime.holds(ofAFamily, 11, 9)).isTrue();
  }

  /** As triggers and splittable DoFns set them: at the wall clock, which is no event time. */
  @ParameterizedTest
  @EnumSource(TimeDomain.class)
  void aTimerThatBeamMadeDoesNotHold(TimeDomain domain) {
    StateNamespace namespace = StateNamespaces.global();
    Instant time = new Instant(1234);
    TimerData made = TimerData.of(namespace, time, time, domain, CausedByDrain.NORMAL);
    TimerIdentity identity = timer(made.getTimerFamilyId(), made.getTimerId());
    assertThat(new HoldRule(domain, false).holds(identity, 1234, 1234)).isFalse();
  }
}
