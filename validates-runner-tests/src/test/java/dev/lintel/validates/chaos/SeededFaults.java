package dev.lintel.validates.chaos;

import dev.lintel.runner.fault.Faults;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Faults at places that a seed chooses: each task of an attempt has its own, whatever the others
 * do. After {@link #FAULTY_ATTEMPTS} attempts nothing fails any more, so that every job ends.
 *
 * <p>The seed decides what each task would do. Which of them comes to its fault first is up to the
 * threads: a replay is the same in most cases, not in all.
 */
final class SeededFaults implements Faults {
  /** So many attempts are disturbed. */
  static final int FAULTY_ATTEMPTS = 10;

  /** The user's own failures must end the job before long, too. */
  static final int RESTARTS_MAX = FAULTY_ATTEMPTS + 2;

  private static final List<Point> OF_TASKS =
      List.of(
          Point.BUNDLE_BEGIN,
          Point.BUNDLE_BEGIN,
          Point.BUNDLE_END,
          Point.BUNDLE_END,
          Point.BUNDLE_COMMITTED,
          Point.WATERMARK,
          Point.SNAPSHOT,
          Point.SNAPSHOT,
          Point.CHECKPOINT_COMPLETED);

  /** One in so many calls of the storage fails. */
  private static final Map<Point, Integer> OF_STORAGE =
      Map.of(Point.STORE, 60, Point.DECIDE, 20, Point.DECIDED, 40);

  /** One in so many tasks may fail in an attempt. */
  private static final int[] RARITIES = {1, 2, 4, 16};

  private static final int DEPTH_BITS_MAX = 6;

  private final long seed;

  /** All below: under the lock of this. */
  private final Map<Point, Integer> injected = new EnumMap<>(Point.class);

  private int attempts;
  private long checkpoints;

  SeededFaults(long seed) {
    this.seed = seed;
  }

  @Override
  public synchronized int slots(int attempt, int slots) {
    attempts = attempt;
    SplittableRandom random = random(attempt, -1, -1);
    return attempt == 1 || attempt > FAULTY_ATTEMPTS || random.nextInt(3) > 0
        ? slots
        : random.nextInt(1, ChaosSettings.SLOTS_MAX + 1);
  }

  @Override
  public Trigger ofTask(int attempt, int stage, int slot) {
    if (attempt > FAULTY_ATTEMPTS) {
      return point -> {};
    }
    SplittableRandom ofAttempt = random(attempt, -1, -2);
    int rarity = RARITIES[ofAttempt.nextInt(RARITIES.length)];
    int depth = 1 << ofAttempt.nextInt(DEPTH_BITS_MAX + 1);
    SplittableRandom random = random(attempt, stage, slot);
    if (random.nextInt(rarity) > 0) {
      return point -> {};
    }
    // Before anything has happened, now and then; if every task could, nothing else ever would.
    boolean atOnce = ofAttempt.nextInt(5) == 0;
    Point fault = atOnce ? Point.OPEN : OF_TASKS.get(random.nextInt(OF_TASKS.size()));
    return new Countdown(
        fault,
        atOnce ? 1 : 1 + random.nextInt(depth),
        "attempt=" + attempt + " stage=" + stage + " slot=" + slot);
  }

  @Override
  public Trigger ofStorage() {
    SplittableRandom random = random(0, -1, -3);
    return point -> ofStorage(point, random);
  }

  /** Any thread: what a checkpoint is decided by is not the coordinator's. */
  private synchronized void ofStorage(Point point, SplittableRandom random) {
    if (point == Point.DECIDED) {
      checkpoints++;
    }
    Integer rarity = OF_STORAGE.get(point);
    if (rarity != null && attempts <= FAULTY_ATTEMPTS && random.nextInt(rarity) == 0) {
      throw inject(point, "checkpoint after " + checkpoints);
    }
  }

  private synchronized InjectedFault inject(Point point, String where) {
    injected.merge(point, 1, Integer::sum);
    return new InjectedFault(point, where);
  }

  private SplittableRandom random(int attempt, int stage, int slot) {
    return new SplittableRandom(Seeds.mix(Seeds.mix(seed, attempt), (((long) stage) << 32) ^ slot));
  }

  /** {@code POINT=count}, with spaces between. */
  synchronized String describe() {
    return injected.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(" "));
  }

  synchronized int attempts() {
    return attempts;
  }

  synchronized long checkpoints() {
    return checkpoints;
  }

  /** Fails when it has come to its point so many times. */
  private final class Countdown implements Trigger {
    private final Point fault;
    private final String where;
    private int left;

    Countdown(Point fault, int times, String where) {
      this.fault = fault;
      this.left = times;
      this.where = where;
    }

    @Override
    public void reached(Point point) {
      if (point == fault && --left == 0) {
        throw inject(point, where);
      }
    }
  }
}
