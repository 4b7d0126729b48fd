package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.EncodedKey;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random sequences of everything that can be done with timers, against Beam's {@code
 * InMemoryTimerInternals}: with so little memory that timers go to the store and come back all the
 * time, and with restores in between.
 */
class TimersLikeBeamTest {
  private static final int SEEDS = 40;
  private static final int STEPS = 600;

  @ParameterizedTest(name = "memory for {0}, timestamps within {1} ms, {2} keys")
  @CsvSource({
    "4, 60, 3",
    "4, 5, 12",
    "9, 1000, 5",
    "33, 300, 20",
    "33, 2, 2",
    "100000, 500, 10",
    "100000, 4, 3"
  })
  void firesLikeBeam(int inMemoryMax, int times, int keys) throws Exception {
    for (long seed = 1; seed <= SEEDS; seed++) {
      new Run(seed, inMemoryMax, times, keys).run();
    }
  }

  private static final class Run {
    private final long seed;
    private final SplittableRandom random;
    private final TimerOptions options;
    private final int times;
    private final int keys;
    private final BeamTimersModel model = new BeamTimersModel();
    private TreeMapTaskState state = TreeMapTaskState.create();
    private WatermarkHolds holds = new WatermarkHolds();
    private KeyedTimerInternals timers;
    private long inputWatermark = -1;
    private long processingTime = -1;
    private int step;

    Run(long seed, int inMemoryMax, int times, int keys) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.options = TimerOptions.DEFAULT.withTimersInMemoryMax(inMemoryMax);
      this.times = times;
      this.keys = keys;
      this.timers = open();
    }

    private KeyedTimerInternals open() {
      return new KeyedTimerInternals(state, "transform", IntervalWindow.getCoder(), holds, options);
    }

    void run() throws Exception {
      advance();
      for (step = 0; step < STEPS; step++) {
        int what = random.nextInt(100);
        if (what < 55) {
          set();
        } else if (what < 75) {
          delete();
        } else if (what < 78) {
          timers.flushSome(random.nextInt(1, 20));
        } else if (what < 80) {
          timers.flush();
          assertThat(timers.unwritten()).isZero();
        } else if (what < 84) {
          restore();
        } else if (what < 94) {
          inputWatermark += random.nextInt(Math.max(2, times / 20));
          processingTime += random.nextInt(Math.max(2, times / 20));
          advance();
        } else {
          fireDue();
        }
        check();
      }
      inputWatermark += 2L * times;
      processingTime += 2L * times;
      advance();
      fireDue();
      check();
      timers.flush();
      if (timers.isEmpty()) {
        assertThat(state.store.entries).as(() -> "left in the store " + where()).isEmpty();
      }
    }

    private void advance() throws Exception {
      timers.advanceInputWatermark(inputWatermark);
      timers.advanceProcessingTime(processingTime, processingTime);
      model.advance(new Instant(inputWatermark), new Instant(processingTime));
    }

    private void set() throws Exception {
      EncodedKey key = key();
      TimerData timer = timer();
      timers.setCurrentKey(key);
      if (random.nextBoolean()) {
        timers.setTimer(timer);
      } else {
        timers.setTimer(
            timer.getNamespace(),
            timer.getTimerId(),
            timer.getTimerFamilyId(),
            timer.getTimestamp(),
            timer.getOutputTimestamp(),
            timer.getDomain());
      }
      model.set(key, timer);
    }

    private void delete() throws Exception {
      EncodedKey key = key();
      TimerData timer = timer();
      timers.setCurrentKey(key);
      StateNamespace namespace = timer.getNamespace();
      switch (random.nextInt(4)) {
        case 0 -> timers.deleteTimer(timer);
        case 1 -> timers.setTimer(timer.deleted());
        case 2 -> {
          timers.deleteTimer(namespace, timer.getTimerId(), timer.getTimerFamilyId());
          for (TimeDomain domain : TimeDomain.values()) {
            model.delete(key, inDomain(timer, domain));
          }
        }
        default ->
            timers.deleteTimer(
                namespace, timer.getTimerId(), timer.getTimerFamilyId(), timer.getDomain());
      }
      model.delete(key, timer);
    }

    private void restore() throws Exception {
      timers.flush();
      state = state.reopened();
      holds = new WatermarkHolds();
      timers = open();
      advance();
    }

    /** Fires all that is due; user code sets and deletes timers meanwhile. */
    private void fireDue() throws Exception {
      int actions = 20;
      for (FiredTimer fired = timers.pollDue(); fired != null; fired = timers.pollDue()) {
        model.fire(fired, where());
        while (actions > 0 && random.nextInt(3) > 0) {
          actions--;
          if (random.nextInt(4) > 0) {
            set();
          } else {
            delete();
          }
        }
        check();
      }
      assertThat(model.next(TimeDomain.EVENT_TIME))
          .as(() -> "none left that is due " + where())
          .isGreaterThanOrEqualTo(inputWatermark);
      assertThat(timers.nextProcessingTimeMillis())
          .as(() -> "none left that is due " + where())
          .isGreaterThanOrEqualTo(processingTime);
    }

    private void check() {
      int processing =
          model.count(TimeDomain.PROCESSING_TIME)
              + model.count(TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
      int all = processing + model.count(TimeDomain.EVENT_TIME);
      assertThat(timers.count()).as(() -> "count " + where()).isEqualTo(all);
      assertThat(timers.isEmpty()).as(() -> "empty " + where()).isEqualTo(all == 0);
      assertThat(timers.hasProcessingTimers())
          .as(() -> "processing " + where())
          .isEqualTo(processing > 0);
      assertThat(holds.min()).as(() -> "smallest hold " + where()).isEqualTo(model.minHold());
      assertThat(state.store.openCursors).as(() -> "open cursors " + where()).isZero();
      if (random.nextInt(4) == 0) {
        assertThat(timers.nextEventTimeMillis())
            .as(() -> "next event time " + where())
            .isEqualTo(model.next(TimeDomain.EVENT_TIME));
        assertThat(timers.nextProcessingTimeMillis())
            .as(() -> "next processing time " + where())
            .isEqualTo(
                Math.min(
                    model.next(TimeDomain.PROCESSING_TIME),
                    model.next(TimeDomain.SYNCHRONIZED_PROCESSING_TIME)));
      }
    }

    private EncodedKey key() {
      return TreeMapTaskState.key("key-" + random.nextInt(keys));
    }

    private TimerData timer() {
      TimeDomain domain = TimeDomain.values()[random.nextInt(3)];
      long now = domain == TimeDomain.EVENT_TIME ? inputWatermark : processingTime;
      Instant timestamp = new Instant(now - times / 10 + random.nextInt(times));
      Instant output =
          switch (random.nextInt(5)) {
            case 0 -> timestamp;
            case 1 -> BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));
            default -> new Instant(now - times / 10 + random.nextInt(times));
          };
      String family = random.nextBoolean() ? "" : "family";
      String id = "id-" + random.nextInt(2);
      return TimerData.of(id, family, namespace(), timestamp, output, domain);
    }

    private StateNamespace namespace() {
      IntervalWindow window =
          new IntervalWindow(new Instant(random.nextInt(2)), Duration.millis(10));
      return switch (random.nextInt(4)) {
        case 0 -> StateNamespaces.global();
        case 1 -> StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window, 40);
        default -> StateNamespaces.window(IntervalWindow.getCoder(), window);
      };
    }

    private static TimerData inDomain(TimerData timer, TimeDomain domain) {
      return TimerData.of(
          timer.getTimerId(),
          timer.getTimerFamilyId(),
          timer.getNamespace(),
          timer.getTimestamp(),
          timer.getOutputTimestamp(),
          domain);
    }

    private String where() {
      return "(seed=" + seed + ", step=" + step + ", " + options + ")";
    }
  }
}
