package dev.lintel.runner.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is outside of the simulated processes and outlives them: logs that sources read, sinks,
 * other systems. It sees all that a job makes visible, and notes what must not be.
 */
final class World {
  /** Of the story that is being played: there is one thread, and user code gets at it this way. */
  private static @Nullable World current;

  private static final long VALUES_PER_SOURCE = 1_000;

  private final long seed;
  private final SplittableRandom random;
  private final Map<String, Log> logs = new HashMap<>();
  private final Map<String, SinkStore> sinks = new HashMap<>();
  private final Map<Long, Long> stable = new HashMap<>();
  private final Map<Long, String> finalized = new HashMap<>();
  private @Nullable SimulatedProcess running;
  private @Nullable AssertionError violation;
  private int newestProcess;

  /** How many failures user code may have yet. */
  private int stumblesLeft;

  private final Mutation mutation;

  World(long seed, SplittableRandom random, int stumbles, Mutation mutation) {
    this.mutation = mutation;
    this.seed = seed;
    this.random = random;
    this.stumblesLeft = stumbles;
  }

  static World get() {
    if (current == null) {
      throw new IllegalStateException("Expected a story to be played");
    }
    return current;
  }

  static void set(@Nullable World world) {
    current = world;
  }

  boolean has(Mutation asked) {
    return mutation == asked;
  }

  SplittableRandom random() {
    return random;
  }

  /** Notes what must not be; the story ends with the first of them. */
  void violate(String text) {
    if (violation == null) {
      violation = new AssertionError(text);
    }
  }

  @Nullable AssertionError violation() {
    return violation;
  }

  // ---- processes ----

  /** A process has got hold of the job. */
  void claimed(SimulatedProcess process) {
    newestProcess = process.index();
  }

  /** The process whose turn it is. */
  SimulatedProcess running() {
    if (running == null) {
      throw new IllegalStateException("Expected a process to have its turn");
    }
    return running;
  }

  @Nullable SimulatedProcess swapRunning(@Nullable SimulatedProcess process) {
    SimulatedProcess before = running;
    running = process;
    return before;
  }

  /** The dead do nothing. */
  private void checkAlive() {
    running().checkAlive();
  }

  private boolean isNewest() {
    return running().index() == newestProcess;
  }

  /** User code fails now and then. */
  void stumble() {
    if (stumblesLeft > 0 && !running().isSpared() && random.nextInt(150) == 0) {
      stumblesLeft--;
      throw new IllegalStateException("stumbled on purpose");
    }
  }

  // ---- sources ----

  Log log(String source) {
    return logs.computeIfAbsent(
        source,
        name -> {
          SplittableRandom ofLog = new SplittableRandom(seed * 31 + name.hashCode());
          return new Log(ofLog, VALUES_PER_SOURCE * (1 + logs.size()));
        });
  }

  void beginReading(String source, int partition, int position) {
    checkAlive();
    int truncated = log(source).truncated(partition);
    if (isNewest() && position < truncated) {
      violate(
          "Expected marks to be finalized only when no reader can begin before them, but a reader"
              + (" of " + source + "/" + partition + " begins at " + position)
              + (", and " + truncated + " was finalized"));
    }
  }

  void finalizeMark(String source, int partition, int position) {
    checkAlive();
    log(source).truncate(partition, position);
  }

  // ---- bundle finalizers ----

  void processedWithFinalizer(long value) {
    checkAlive();
    if (isNewest() && finalized.containsKey(value)) {
      violate(
          "Expected no element to be processed again whose bundle was finalized, but "
              + (value + " is, which " + finalized.get(value) + " has finalized"));
    }
  }

  void finalizedBundleOf(long value) {
    checkAlive();
    finalized.put(value, running().toString());
  }

  // ---- stable input ----

  /**
   * A system that takes each value once, with the first nonce that comes with it: what comes again
   * must be the same.
   */
  void takeStable(long value, long nonce) {
    checkAlive();
    Long before = stable.putIfAbsent(value, nonce);
    if (before != null && before != nonce) {
      violate(
          "Expected stable input to be the same again, but "
              + (value + " came with " + before + ", then with " + nonce));
    }
  }

  // ---- sinks ----

  SinkStore sink(String name) {
    checkAlive();
    return committed(name);
  }

  /** As the reader of a sink's content has it. */
  SinkStore committed(String name) {
    return sinks.computeIfAbsent(name, ignored -> new SinkStore(this, name));
  }
}
