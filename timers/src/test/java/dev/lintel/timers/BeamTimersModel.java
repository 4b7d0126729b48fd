package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.EncodedKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The timers of many keys as Beam's {@link InMemoryTimerInternals} has them: one for each key and
 * domain, as it refuses the same id in two domains, where Lintel has two timers.
 */
final class BeamTimersModel {
  private record Address(EncodedKey key, StateNamespace namespace, String family, String id) {}

  private final Map<TimeDomain, Map<EncodedKey, InMemoryTimerInternals>> byDomain =
      new EnumMap<>(TimeDomain.class);
  private final Map<TimeDomain, Map<Address, TimerData>> timers = new EnumMap<>(TimeDomain.class);
  private Instant inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private Instant processingTime = BoundedWindow.TIMESTAMP_MIN_VALUE;

  BeamTimersModel() {
    for (TimeDomain domain : TimeDomain.values()) {
      byDomain.put(domain, new HashMap<>());
      timers.put(domain, new HashMap<>());
    }
  }

  void set(EncodedKey key, TimerData timer) throws Exception {
    InMemoryTimerInternals beam = beam(key, timer.getDomain());
    // Beam's in-memory timers keep the old output timestamp when only that one changes; its runners
    // don't.
    beam.deleteTimer(timer);
    beam.setTimer(timer);
    timers.get(timer.getDomain()).put(address(key, timer), timer);
  }

  void delete(EncodedKey key, TimerData timer) throws Exception {
    beam(key, timer.getDomain()).deleteTimer(timer);
    timers.get(timer.getDomain()).remove(address(key, timer));
  }

  void advance(Instant newInputWatermark, Instant newProcessingTime) throws Exception {
    inputWatermark = newInputWatermark;
    processingTime = newProcessingTime;
    for (Map<EncodedKey, InMemoryTimerInternals> byKey : byDomain.values()) {
      for (InMemoryTimerInternals beam : byKey.values()) {
        move(beam);
      }
    }
  }

  /** Checks that {@code fired} may come next, and removes it. */
  void fire(FiredTimer fired, String where) throws Exception {
    TimerData timer = fired.timer();
    TimeDomain domain = timer.getDomain();
    assertThat(timer.getTimestamp().getMillis()).as("first timer " + where).isEqualTo(next(domain));
    InMemoryTimerInternals beam = beam(fired.key(), domain);
    List<TimerData> sameTime = new ArrayList<>();
    TimerData removed = remove(beam, domain);
    while (removed != null && !removed.equals(timer)) {
      sameTime.add(removed);
      removed = remove(beam, domain);
    }
    assertThat(removed).as("fired timer " + where).isEqualTo(timer);
    for (TimerData notYet : sameTime) {
      beam.setTimer(notYet);
    }
    timers.get(domain).remove(address(fired.key(), timer));
  }

  /** The smallest timestamp in a domain, or {@link Long#MAX_VALUE}. */
  long next(TimeDomain domain) {
    long smallest = Long.MAX_VALUE;
    for (InMemoryTimerInternals beam : byDomain.get(domain).values()) {
      Instant first = beam.getNextTimer(domain);
      smallest = first == null ? smallest : Math.min(smallest, first.getMillis());
    }
    return smallest;
  }

  int count(TimeDomain domain) {
    return timers.get(domain).size();
  }

  /** The smallest output timestamp that holds, by looking at every timer. */
  long minHold() {
    long smallest = Long.MAX_VALUE;
    for (Map<Address, TimerData> inDomain : timers.values()) {
      for (TimerData timer : inDomain.values()) {
        boolean later = timer.getOutputTimestamp().isAfter(BoundedWindow.TIMESTAMP_MAX_VALUE);
        boolean needless =
            timer.getDomain() == TimeDomain.EVENT_TIME
                && !timer.getOutputTimestamp().isBefore(timer.getTimestamp());
        if (!later && !needless) {
          smallest = Math.min(smallest, timer.getOutputTimestamp().getMillis());
        }
      }
    }
    return smallest;
  }

  private static @Nullable TimerData remove(InMemoryTimerInternals beam, TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> beam.removeNextEventTimer();
      case PROCESSING_TIME -> beam.removeNextProcessingTimer();
      case SYNCHRONIZED_PROCESSING_TIME -> beam.removeNextSynchronizedProcessingTimer();
    };
  }

  private InMemoryTimerInternals beam(EncodedKey key, TimeDomain domain) throws Exception {
    InMemoryTimerInternals beam = byDomain.get(domain).get(key);
    if (beam == null) {
      beam = new InMemoryTimerInternals();
      move(beam);
      byDomain.get(domain).put(key, beam);
    }
    return beam;
  }

  private void move(InMemoryTimerInternals beam) throws Exception {
    beam.advanceInputWatermark(inputWatermark);
    beam.advanceProcessingTime(processingTime);
    beam.advanceSynchronizedProcessingTime(processingTime);
  }

  private static Address address(EncodedKey key, TimerData timer) {
    return new Address(key, timer.getNamespace(), timer.getTimerFamilyId(), timer.getTimerId());
  }
}
