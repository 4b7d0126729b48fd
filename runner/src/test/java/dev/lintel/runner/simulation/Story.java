package dev.lintel.runner.simulation;

import dev.lintel.runner.checkpoint.claim.JobInUseException;
import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import dev.lintel.runner.checkpoint.storage.DamagedCheckpointException;
import dev.lintel.runner.checkpoint.storage.FaultyDisk;
import dev.lintel.runner.checkpoint.storage.FaultyProcess;
import dev.lintel.runner.checkpoint.storage.FaultyProcess.Crash;
import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Waker;
import dev.lintel.runner.job.Job;
import dev.lintel.runner.job.JobFailedException;
import dev.lintel.runner.job.JobSettings;
import dev.lintel.runner.job.JobState;
import dev.lintel.runner.simulation.Element.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All lives of one job, from the first start to the end of its pipeline: the seed makes the
 * pipeline, its input, the options, whose turn is next, what fails, and who dies when. Failures are
 * limited in number, so that the job ends.
 */
final class Story {
  static final long LEASE_MILLIS = 60;

  private static final int PIPELINES = 61;
  private static final int LIVES_MAX = 5;
  private static final int TURNS_MAX = 60_000;
  private static final int ZOMBIE_TURNS = 200;
  private static final long STEP_MILLIS = 3;

  private final long seed;
  private final SplittableRandom random;
  private final World world;
  private final RandomPipeline pipeline;
  private final RandomSettings settings;
  private final FaultyDisk disk = new FaultyDisk();
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private final Trace trace = new Trace();
  private final int lives;
  private final int slowness;
  private long nowMillis;
  private int turns;
  private int stops;

  /** A savepoint that the job was stopped with; the next life begins with it. */
  private @Nullable String savepoint;

  private boolean nested;
  private boolean endWritten;

  Story(long seed, Mutation mutation, Path temporary) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.lives = 1 + random.nextInt(LIVES_MAX);
    this.slowness = 4 + random.nextInt(20);
    this.world = new World(seed, random, random.nextInt(4), mutation);
    this.pipeline = RandomPipeline.of(seed % PIPELINES);
    this.settings = new RandomSettings(random, pipeline, mutation, temporary);
  }

  /** What happened in it, in numbers. */
  record Outcome(int turns, int lives, int checkpoints, long traceHash) {}

  /**
   * @throws AssertionError if something happened that must not
   */
  Outcome play() {
    World.set(world);
    try {
      startLife();
      while (!isDone()) {
        turn();
        if (++turns > TURNS_MAX) {
          throw new AssertionError("Expected the job to end within " + TURNS_MAX + " turns");
        }
      }
      // What is still alive is a zombie, and may do what it can.
      for (SimulatedProcess each : processes) {
        each.goOn();
      }
      for (int i = 0;
          i < ZOMBIE_TURNS && processes.stream().anyMatch(each -> !each.isOver());
          i++) {
        turn();
      }
      checkSinks();
      return new Outcome(turns, processes.size(), decisions(), trace.hash());
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + describe(), e);
    } finally {
      processes.forEach(each -> FaultyProcess.forget(each.toString()));
      World.set(null);
    }
  }

  private int decisions() {
    return processes.stream().mapToInt(SimulatedProcess::decisions).sum();
  }

  private String describe() {
    StringBuilder text = new StringBuilder();
    text.append("pipeline: ").append(pipeline).append("\nsettings: ").append(settings).append('\n');
    processes.forEach(each -> text.append(each.describe()));
    return text.append("last turns:\n").append(trace).toString();
  }

  // ---- turns ----

  private void turn() {
    int what = random.nextInt(100);
    if (what < 10) {
      nowMillis += random.nextInt(turns % 50 == 0 ? 50 : (int) STEP_MILLIS) + 1;
      processes.forEach(this::beat);
    } else if (what == 10 && hasFaults()) {
      misfortune();
    } else {
      SimulatedProcess process = anyThatLives();
      if (process.isMoving()) {
        within(process, () -> process.turn(random));
      }
    }
    if (world.violation() != null) {
      throw world.violation();
    }
    SimulatedProcess newest = processes.get(processes.size() - 1);
    if (newest.isOver() && !isDone()) {
      ended(newest);
      startLife();
    }
  }

  /** The newest process lives as long as the story goes on. */
  private SimulatedProcess anyThatLives() {
    SimulatedProcess process;
    do {
      process = processes.get(random.nextInt(processes.size()));
    } while (process.isOver() && processes.stream().anyMatch(each -> !each.isOver()));
    return process;
  }

  /** Has a process do something; it may die of it. */
  private void within(SimulatedProcess process, Runnable action) {
    SimulatedProcess before = world.swapRunning(process);
    try {
      action.run();
    } catch (Crash e) {
      if (!process.isDead()) {
        throw new AssertionError("Expected a process that dies to be " + process, e);
      }
    } finally {
      world.swapRunning(before);
    }
  }

  private void beat(SimulatedProcess process) {
    if (!process.isOver()) {
      within(process, () -> process.beatIfDue(nowMillis));
    }
  }

  /** A life has ended before the pipeline has: why, must be known. */
  private void ended(SimulatedProcess process) {
    Job job = process.job();
    if (process.isDead() || job == null || job.state() != JobState.FAILED) {
      return;
    }
    try {
      job.await(0);
    } catch (JobFailedException e) {
      failed(process, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void failed(SimulatedProcess process, Throwable failure) {
    trace(process, failure);
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof DamagedCheckpointException || each instanceof DamagedFileException) {
        throw new AssertionError("Expected no checkpoint to be damaged", failure);
      }
    }
    if (failure.getCause() instanceof JobInUseException) {
      // Another life goes on that had been taken for dead; somebody tries again later.
      nowMillis += LEASE_MILLIS;
    } else if (process.isSpared()) {
      throw new AssertionError("Expected a life without faults not to fail", failure);
    }
  }

  boolean hasFaults() {
    return processes.size() < lives;
  }

  private void misfortune() {
    SimulatedProcess process = processes.get(random.nextInt(processes.size()));
    Job job = process.job();
    if (process.isOver() || !process.isMoving() || random.nextInt(5) != 0) {
      if (process.isStopped() && random.nextInt(4) == 0) {
        trace(process, "goes on");
        process.goOn();
      }
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        trace(process, "is killed");
        process.die();
      }
      case 1 -> {
        trace(process, "stands still, and is taken for dead");
        process.stop();
        if (process.index() == processes.size() - 1) {
          startLife();
        }
      }
      case 2, 3 -> {
        if (job != null) {
          trace(process, "is asked for a checkpoint");
          CompletableFuture<?> unused = job.checkpoint();
        }
      }
      case 4 -> {
        if (job != null) {
          trace(process, "is stopped");
          CompletableFuture<?> unused = job.stop(null);
        }
      }
      default -> {
        if (job != null) {
          String path = "/savepoint-" + ++stops;
          trace(process, "is stopped with " + path);
          CompletableFuture<?> unused =
              job.stop(process.location() + path).thenAccept(done -> savepoint = path);
        }
      }
    }
  }

  private void startLife() {
    boolean spared = processes.size() + 1 >= lives;
    int index = processes.size();
    SimulatedProcess process =
        new SimulatedProcess(this, index, "sim-" + seed + "-" + index, disk, spared);
    // Paths of its savepoints have its name.
    processes.stream()
        .filter(SimulatedProcess::isOver)
        .forEach(each -> FaultyProcess.succeed(each, process));
    processes.add(process);
    String restore = savepoint == null ? "latest" : process.location() + savepoint;
    savepoint = null;
    JobSettings ofLife = settings.next(process, restore);
    trace(process, "starts with parallelism " + ofLife.parallelism() + " from " + restore);
    within(
        process,
        () -> {
          try {
            Job.start(pipeline.plan(), ofLife, process);
          } catch (RuntimeException e) {
            process.checkAlive();
            process.die();
            failed(process, e);
          }
        });
  }

  /** It is written down that nothing is left to do: whoever begins now would begin anew. */
  void jobHasEnded() {
    endWritten = true;
  }

  private boolean isDone() {
    return endWritten || processes.stream().anyMatch(each -> each.state() == JobState.DONE);
  }

  private void checkSinks() {
    for (String sink : pipeline.sinks()) {
      List<Row> expected = sorted(pipeline.reference(sink, world));
      List<Row> found = sorted(world.committed(sink).rows());
      if (settings.isExactlyOnce() ? !found.equals(expected) : !covers(found, expected)) {
        List<Row> lost = new ArrayList<>(expected);
        found.forEach(lost::remove);
        List<Row> tooMuch = new ArrayList<>(found);
        expected.forEach(tooMuch::remove);
        throw new AssertionError(
            "Expected the content of %s to be that of the reference, but lost %s, too much %s"
                .formatted(sink, lost, tooMuch));
      }
    }
  }

  /** Everything is there, and nothing that should not be at all. */
  private static boolean covers(List<Row> found, List<Row> expected) {
    List<Row> lost = new ArrayList<>(expected);
    found.forEach(lost::remove);
    return lost.isEmpty() && expected.containsAll(found);
  }

  private static List<Row> sorted(List<Row> rows) {
    return rows.stream().sorted(Comparator.comparing(Row::key).thenComparing(Row::value)).toList();
  }

  // ---- what processes need ----

  SplittableRandom random() {
    return random;
  }

  long nowMillis() {
    return nowMillis;
  }

  SimulatedProcess process(int index) {
    return processes.get(index);
  }

  Channel channel(Waker producer, Waker consumer) {
    return new SimulatedChannel(producer, consumer, slowness);
  }

  /** Within an operation of one process, others have their turns. */
  void beforeOperation(SimulatedProcess process, String operation, String path) {
    if (!nested && processes.size() > 1 && random.nextInt(8) == 0) {
      othersGoOn(random.nextInt(30));
    }
  }

  private void othersGoOn(int count) {
    nested = true;
    try {
      for (int i = 0; i < count; i++) {
        SimulatedProcess other = processes.get(random.nextInt(processes.size()));
        if (other.isMoving() && !other.isOver()) {
          within(other, () -> other.turn(random));
        }
      }
    } finally {
      nested = false;
    }
  }

  /** A process waits; the others don't. */
  void pause(SimulatedProcess process, long millis) {
    nowMillis += millis;
    for (SimulatedProcess each : processes) {
      if (each != process) {
        beat(each);
      }
    }
    if (!nested) {
      othersGoOn(3);
    }
  }

  void trace(SimulatedProcess process, Object what) {
    trace.add(turns, nowMillis, process, what);
  }
}
