package dev.lintel.timers;

import static dev.lintel.timers.TreeMapTaskState.key;
import static org.apache.beam.sdk.state.TimeDomain.EVENT_TIME;
import static org.apache.beam.sdk.state.TimeDomain.PROCESSING_TIME;
import static org.apache.beam.sdk.state.TimeDomain.SYNCHRONIZED_PROCESSING_TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyGroups;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.CausedByDrain;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class KeyedTimerInternalsTest {
  private static final StateNamespace WINDOW = namespace(0);

  private TreeMapTaskState state = TreeMapTaskState.create();
  private WatermarkHolds holds = new WatermarkHolds();
  private KeyedTimerInternals timers = open(TimerOptions.DEFAULT);

  private KeyedTimerInternals open(TimerOptions options) {
    KeyedTimerInternals opened =
        new KeyedTimerInternals(state, "transform", IntervalWindow.getCoder(), holds, options);
    opened.setCurrentKey(key("a"));
    return opened;
  }

  private void reopen() {
    timers.flush();
    state = state.reopened();
    holds = new WatermarkHolds();
    timers = open(TimerOptions.DEFAULT);
  }

  private static StateNamespace namespace(long start) {
    return StateNamespaces.window(
        IntervalWindow.getCoder(), new IntervalWindow(new Instant(start), new Instant(start + 10)));
  }

  private void set(String id, long timestamp, TimeDomain domain) {
    set(id, timestamp, timestamp, domain);
  }

  private void set(String id, long timestamp, long output, TimeDomain domain) {
    timers.setTimer(WINDOW, id, "", new Instant(timestamp), new Instant(output), domain);
  }

  private List<String> due() {
    List<String> ids = new ArrayList<>();
    for (FiredTimer fired = timers.pollDue(); fired != null; fired = timers.pollDue()) {
      ids.add(fired.timer().getTimerId());
    }
    return ids;
  }

  // ---- beginning anew ----

  /** Whether the timers are in memory, in the store, or half and half, and hold or don't. */
  @Test
  void restartLeavesNoTimerAndNoHoldAndSetsTheClocksBack() {
    for (int count : new int[] {0, 3, 10, 50}) {
      for (boolean flushed : new boolean[] {false, true}) {
        timers = open(TimerOptions.DEFAULT.withTimersInMemoryMax(8));
        int before = state.store.entries.size();
        for (int i = 0; i < count; i++) {
          timers.setCurrentKey(key("key " + i % 7));
          set("event " + i, 100 + i % 13, i % 2 == 0 ? 50 : 100 + i % 13, EVENT_TIME);
          set("processing " + i, 100 + i % 11, 60, PROCESSING_TIME);
        }
        if (flushed) {
          timers.flush();
        }
        timers.advanceInputWatermark(105);
        timers.advanceProcessingTime(105, 105);
        while (timers.hasDue() && timers.count() > count / 2) {
          timers.pollDue();
        }
        timers.restart(42);
        String what = count + " timers, flushed: " + flushed;
        assertThat(timers.isEmpty()).as(what).isTrue();
        assertThat(holds.isEmpty()).as(what).isTrue();
        assertThat(state.store.entries).as(what).hasSize(before);
        assertThat(timers.currentInputWatermarkTime())
            .as(what)
            .isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
        assertThat(timers.currentProcessingTime()).as(what).isEqualTo(new Instant(42));
        timers.setCurrentKey(key("a"));
        set("new", 10, EVENT_TIME);
        timers.advanceInputWatermark(1_000);
        assertThat(due()).as(what).containsExactly("new");
      }
    }
  }

  @Test
  void isNearlyFullBeforeItSpills() {
    timers = open(TimerOptions.DEFAULT.withTimersInMemoryMax(80));
    for (int i = 0; i < 69; i++) {
      set("timer " + i, i, PROCESSING_TIME);
    }
    assertThat(timers.isNearlyFull()).isFalse();
    set("one more", 1, PROCESSING_TIME);
    assertThat(timers.isNearlyFull()).isTrue();
    assertThat(timers.countInMemory()).isEqualTo(70);
  }

  // ---- as in Beam's InMemoryTimerInternalsTest ----

  @Test
  void firesEventTimersOnceTheWatermarkIsStrictlyPast() {
    set("one", 19, EVENT_TIME);
    set("two", 29, EVENT_TIME);
    timers.advanceInputWatermark(19);
    assertThat(due()).isEmpty();
    timers.advanceInputWatermark(20);
    assertThat(due()).containsExactly("one");
    assertThat(due()).isEmpty();
    timers.advanceInputWatermark(100);
    assertThat(due()).containsExactly("two");
    assertThat(timers.isEmpty()).isTrue();
  }

  @Test
  void firesTimersOfBothProcessingTimeDomainsByTheProcessingTimeClock() {
    set("processing", 19, PROCESSING_TIME);
    set("synchronized", 18, SYNCHRONIZED_PROCESSING_TIME);
    timers.advanceInputWatermark(100);
    timers.advanceProcessingTime(18, 18);
    assertThat(due()).isEmpty();
    assertThat(timers.nextProcessingTimeMillis()).isEqualTo(18);
    timers.advanceProcessingTime(20, 20);
    assertThat(due()).containsExactly("processing", "synchronized");
    assertThat(timers.hasProcessingTimers()).isFalse();
    assertThat(timers.currentSynchronizedProcessingTime()).isEqualTo(new Instant(20));
  }

  @Test
  void setAgainReplacesTheTimestamp() {
    set("later", 10, EVENT_TIME);
    set("later", 30, EVENT_TIME);
    set("earlier", 50, EVENT_TIME);
    set("earlier", 20, EVENT_TIME);
    assertThat(timers.nextEventTimeMillis()).isEqualTo(20);
    timers.advanceInputWatermark(25);
    assertThat(due()).containsExactly("earlier");
    timers.advanceInputWatermark(100);
    assertThat(due()).containsExactly("later");
  }

  @Test
  void deletesByIdAndIdempotently() {
    set("gone", 10, EVENT_TIME);
    set("stays", 11, EVENT_TIME);
    timers.deleteTimer(WINDOW, "gone", "", EVENT_TIME);
    timers.deleteTimer(WINDOW, "gone", "", EVENT_TIME);
    timers.deleteTimer(WINDOW, "never there", "", EVENT_TIME);
    timers.advanceInputWatermark(100);
    assertThat(due()).containsExactly("stays");
  }

  @Test
  @SuppressWarnings("deprecation") // Beam still calls it.
  void deletesInAllDomainsIfNoneIsGiven() {
    for (TimeDomain domain : TimeDomain.values()) {
      set("id", 10, domain);
    }
    assertThat(timers.count()).isEqualTo(3);
    timers.deleteTimer(WINDOW, "id", "");
    assertThat(timers.isEmpty()).isTrue();
  }

  @Test
  void firesInOrderOfTimestampsOverAllKeys() {
    for (int i = 0; i < 100; i++) {
      timers.setCurrentKey(key("key-" + i));
      set("id-" + (100 - i), 100 - i, EVENT_TIME);
    }
    timers.advanceInputWatermark(1000);
    List<Long> fired = new ArrayList<>();
    for (FiredTimer timer = timers.pollDue(); timer != null; timer = timers.pollDue()) {
      fired.add(timer.timer().getTimestamp().getMillis());
      long timestamp = timer.timer().getTimestamp().getMillis();
      assertThat(timer.key()).isEqualTo(key("key-" + (100 - timestamp)));
    }
    assertThat(fired).hasSize(100).isSorted();
  }

  // ---- traps ----

  @Test
  void tellsTimersApartByNamespaceFamilyAndDomain() {
    set("id", 10, EVENT_TIME);
    timers.setTimer(namespace(1), "id", "", new Instant(11), new Instant(11), EVENT_TIME);
    timers.setTimer(WINDOW, "id", "family", new Instant(12), new Instant(12), EVENT_TIME);
    timers.setCurrentKey(key("b"));
    set("id", 13, EVENT_TIME);
    assertThat(timers.count()).isEqualTo(4);
    timers.advanceInputWatermark(100);
    assertThat(due()).hasSize(4);
  }

  @Test
  void timersSetWhileFiringTakePart() {
    set("first", 10, EVENT_TIME);
    set("third", 30, EVENT_TIME);
    timers.advanceInputWatermark(100);
    FiredTimer first = timers.pollDue();
    assertThat(first).isNotNull();
    set("second", 20, EVENT_TIME);
    set("first", 5, EVENT_TIME);
    set("not yet", 100, EVENT_TIME);
    timers.deleteTimer(WINDOW, "third", "", EVENT_TIME);
    assertThat(due()).containsExactly("first", "second");
    assertThat(timers.nextEventTimeMillis()).isEqualTo(100);
  }

  @Test
  void aDeletedTimerDataDeletes() {
    TimerData timer = TimerData.of("id", "", WINDOW, new Instant(1), new Instant(1), EVENT_TIME);
    timers.setTimer(timer);
    timers.setTimer(timer.deleted());
    assertThat(timers.isEmpty()).isTrue();
  }

  @Test
  void everyFieldOfATimerSurvivesARestore() {
    TimerData timer =
        TimerData.of(
            "id",
            "family",
            WINDOW,
            new Instant(7),
            new Instant(3),
            PROCESSING_TIME,
            CausedByDrain.CAUSED_BY_DRAIN);
    timers.setTimer(timer);
    reopen();
    assertThat(timers.count()).isEqualTo(1);
    assertThat(timers.pollDue()).isNull();
    timers.advanceProcessingTime(8, 8);
    FiredTimer fired = timers.pollDue();
    assertThat(fired).isEqualTo(new FiredTimer(key("a"), timer));
  }

  @Test
  void timersThatFireBeforeAFlushNeverReachTheStore() {
    for (int i = 0; i < 1000; i++) {
      timers.advanceInputWatermark(i);
      set("id", i, EVENT_TIME);
      due();
    }
    timers.advanceInputWatermark(2000);
    due();
    timers.flush();
    assertThat(state.store.writes).isZero();
    assertThat(state.store.reads).isZero();
  }

  @Test
  void settingTheSameTimerAgainDoesNothing() {
    set("id", 10, EVENT_TIME);
    timers.flush();
    int writes = state.store.writes;
    for (int i = 0; i < 100; i++) {
      set("id", 10, EVENT_TIME);
    }
    timers.flush();
    assertThat(state.store.writes).isEqualTo(writes);
    assertThat(state.store.reads).isZero();
  }

  @Test
  void theStoreIsEmptyAfterStoredTimersFiredMovedOrWereDeleted() {
    set("fires", 10, EVENT_TIME);
    set("moves", 20, EVENT_TIME);
    set("is deleted", 30, EVENT_TIME);
    timers.flush();
    assertThat(state.store.entries).hasSize(6);
    set("moves", 40, EVENT_TIME);
    timers.deleteTimer(WINDOW, "is deleted", "", EVENT_TIME);
    timers.flush();
    assertThat(state.store.entries).hasSize(4);
    timers.advanceInputWatermark(100);
    assertThat(due()).containsExactly("fires", "moves");
    timers.flush();
    assertThat(state.store.entries).isEmpty();
  }

  @Test
  void moreTimersOfOneKeyAndTimestampThanMemoryHoldsAllFire() {
    timers = open(TimerOptions.DEFAULT.withTimersInMemoryMax(4));
    for (int i = 0; i < 50; i++) {
      set("id-" + i, 10, EVENT_TIME);
      assertThat(timers.countInMemory()).isLessThanOrEqualTo(4);
    }
    set("before", 9, EVENT_TIME);
    set("after", 11, EVENT_TIME);
    timers.advanceInputWatermark(100);
    List<String> fired = due();
    assertThat(fired).hasSize(52).startsWith("before").endsWith("after");
  }

  @Test
  void memoryStaysWithinTheLimit() {
    timers = open(TimerOptions.DEFAULT.withTimersInMemoryMax(100));
    for (int i = 0; i < 5000; i++) {
      timers.setCurrentKey(key("key-" + i));
      set("id", i * 7919 % 5000, EVENT_TIME);
      assertThat(timers.countInMemory()).isLessThanOrEqualTo(100);
    }
    assertThat(timers.count()).isEqualTo(5000);
    timers.advanceInputWatermark(10_000);
    for (int i = 0; i < 5000; i++) {
      FiredTimer fired = timers.pollDue();
      assertThat(fired).isNotNull();
      assertThat(fired.timer().getTimestamp().getMillis()).isEqualTo(i);
      assertThat(timers.countInMemory()).isLessThanOrEqualTo(100);
    }
    assertThat(timers.isEmpty()).isTrue();
    timers.flush();
    assertThat(state.store.entries).isEmpty();
  }

  @Test
  void aRestoreWithAnotherParallelismLosesNothing() {
    for (int i = 0; i < 500; i++) {
      timers.setCurrentKey(key("key-" + i));
      set("id-" + i, i, -i, EVENT_TIME);
    }
    timers.flush();
    TreeMapTaskState whole = state;
    List<String> fired = new ArrayList<>();
    for (int slot = 0; slot < 3; slot++) {
      KeyGroupRange range = KeyGroups.rangeOf(slot, TreeMapTaskState.MAX_PARALLELISM, 3);
      state = whole.reopened(range);
      holds = new WatermarkHolds();
      timers = new KeyedTimerInternals(state, "transform", IntervalWindow.getCoder(), holds);
      assertThat(holds.count()).isEqualTo(timers.count() - (slot == ownerOfZero() ? 1 : 0));
      timers.advanceInputWatermark(1000);
      fired.addAll(due());
    }
    assertThat(fired).hasSize(500).doesNotHaveDuplicates();
  }

  /** The slot with the one timer that doesn't hold: it is at 0 and its output timestamp as well. */
  private static int ownerOfZero() {
    int group = KeyGroups.groupOf(key("key-0"), TreeMapTaskState.MAX_PARALLELISM);
    return KeyGroups.slotOf(group, TreeMapTaskState.MAX_PARALLELISM, 3);
  }

  @Test
  void timersOfTwoTransformsDontMix() {
    KeyedTimerInternals other =
        new KeyedTimerInternals(state, "other", IntervalWindow.getCoder(), holds);
    set("id", 10, EVENT_TIME);
    other.flush();
    reopen();
    other = new KeyedTimerInternals(state, "other", IntervalWindow.getCoder(), holds);
    assertThat(timers.count()).isEqualTo(1);
    assertThat(other.isEmpty()).isTrue();
  }

  // ---- holds ----

  @Test
  void aTimerHoldsFromSettingToFiring() {
    set("id", 20, 5, EVENT_TIME);
    assertThat(holds.min()).isEqualTo(5);
    set("id", 20, 7, EVENT_TIME);
    assertThat(holds.min()).isEqualTo(7);
    reopen();
    assertThat(holds.min()).isEqualTo(7);
    timers.advanceInputWatermark(21);
    timers.pollDue();
    assertThat(holds.isEmpty()).isTrue();
  }

  @Test
  void aDeletedTimerHoldsNoMore() {
    set("id", 20, 5, PROCESSING_TIME);
    assertThat(holds.min()).isEqualTo(5);
    timers.deleteTimer(WINDOW, "id", "", PROCESSING_TIME);
    assertThat(holds.isEmpty()).isTrue();
  }

  // ---- misuse ----

  @Test
  void refusesAClockThatGoesBack() {
    timers.advanceInputWatermark(10);
    timers.advanceInputWatermark(10);
    assertThatThrownBy(() -> timers.advanceInputWatermark(9))
        .hasMessage(
            "Expected the input watermark to move on from 10, but it would move back to 9"
                + " (transform=transform)");
    timers.advanceProcessingTime(10, 10);
    assertThatThrownBy(() -> timers.advanceProcessingTime(9, 9))
        .hasMessageContaining("processing time");
    timers.outputWatermark(12);
    assertThat(timers.currentOutputWatermarkTime()).isEqualTo(new Instant(10));
    assertThatThrownBy(() -> timers.outputWatermark(9)).hasMessageContaining("output watermark");
  }

  @Test
  void refusesToSetATimerWithoutAKeyOrForAKeyOfAnotherTask() {
    state = state.reopened(new KeyGroupRange(0, 0));
    KeyedTimerInternals noGroups =
        new KeyedTimerInternals(state, "transform", IntervalWindow.getCoder(), holds);
    assertThatThrownBy(() -> noGroups.deleteTimer(WINDOW, "id", "", EVENT_TIME))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Expected a current key");
    noGroups.setCurrentKey(key("a"));
    assertThatThrownBy(() -> noGroups.deleteTimer(WINDOW, "id", "", EVENT_TIME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("transform=transform");
  }

  @Test
  void refusesALimitThatIsTooSmall() {
    assertThatThrownBy(() -> TimerOptions.DEFAULT.withTimersInMemoryMax(3))
        .hasMessageContaining("timersInMemoryMax=3");
  }

  @Test
  void beginsAtTheBeginningOfTime() {
    assertThat(timers.currentInputWatermarkTime()).isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
    assertThat(timers.currentOutputWatermarkTime()).isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
    assertThat(timers.nextEventTimeMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(timers.nextProcessingTimeMillis()).isEqualTo(Long.MAX_VALUE);
  }
}
