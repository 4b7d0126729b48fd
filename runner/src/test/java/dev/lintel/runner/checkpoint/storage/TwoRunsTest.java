package dev.lintel.runner.checkpoint.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.claim.JobInUseException;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Runs of one job that all think the others are dead, interleaved at each operation of the storage,
 * some of them killed on the way: every checkpoint that was said to be a run's own is in the
 * history of the last run, in order, and what a run was told to begin with is there as long as no
 * other run has taken over from it.
 */
class TwoRunsTest {
  private static final int SEEDS = 300;

  @BeforeAll
  static void registerFileSystem() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @Test
  void nothingThatWasFinalizedIsOutsideTheHistoryOfTheLastRun() {
    int[] outcomes = new int[3];
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        new Story(seed, outcomes).run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("Failing seed: " + seed, e);
      }
    }
    // Otherwise the test would show nothing.
    assertThat(outcomes[0]).as("runs that were fenced").isGreaterThan(SEEDS / 4);
    assertThat(outcomes[1]).as("checkpoints that were finalized").isGreaterThan(SEEDS);
    assertThat(outcomes[2]).as("runs that were refused").isGreaterThan(SEEDS / 50);
  }

  /** Several runs, one of which moves at a time; the seed says which. */
  private static final class Story {
    private final SplittableRandom random;
    private final long seed;
    private final int[] outcomes;
    private final FaultyDisk disk = new FaultyDisk();
    private final List<Run> runs = new ArrayList<>();

    /** Has a permit when the run that was let go on has stopped again. */
    private final Semaphore stopped = new Semaphore(0);

    /** What follows from the runs: written by one thread at a time. */
    private final Map<CheckpointRef, @Nullable CheckpointRef> parents = new HashMap<>();

    private final Set<CheckpointRef> finalized = new LinkedHashSet<>();
    private long nowMillis;

    Story(long seed, int[] outcomes) {
      this.seed = seed;
      this.outcomes = outcomes;
      random = new SplittableRandom(seed);
    }

    void run() throws Exception {
      int count = 2 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        runs.add(new Run("two-" + seed + "-" + i, this));
      }
      // A run that begins later finds something to go on from.
      List<Run> live = new ArrayList<>(List.of(runs.get(0)));
      int steps = 0;
      while (!live.isEmpty()) {
        steps++;
        if (live.size() < runs.size() && (random.nextInt(40) == 0 || live.get(0).ended)) {
          runs.stream().filter(each -> !live.contains(each) && !each.ended).forEach(live::add);
        }
        Run next = live.get(random.nextInt(live.size()));
        // Long stops of one run, while others go on.
        for (int i = random.nextInt(random.nextInt(6) == 0 ? 80 : 4); i >= 0 && !next.ended; i--) {
          next.goOn();
        }
        live.removeIf(each -> each.ended);
        if (live.isEmpty()) {
          runs.stream().filter(each -> !each.ended).forEach(live::add);
        }
        assertThat(steps).isLessThan(100_000);
      }
      for (Run each : runs) {
        each.thread.join();
        if (each.failure != null) {
          throw new AssertionError(each.name(), each.failure);
        }
      }
      checkHistory();
      runs.forEach(each -> FaultyProcess.forget(each.name()));
    }

    private void checkHistory() throws Exception {
      Run last = new Run("two-" + seed + "-last", this);
      last.free = true;
      Set<CheckpointRef> history = new HashSet<>();
      try (JobStorage storage = last.open()) {
        RestorePoint point = storage.restorePoint();
        if (point != null) {
          assertThat(point.verify().problems()).isEmpty();
          CheckpointRef ref = point.manifest().ref();
          while (ref != null) {
            history.add(ref);
            ref = parents.get(ref);
          }
        }
      }
      FaultyProcess.forget(last.name());
      assertThat(history).containsAll(finalized);
    }
  }

  /** One run, in a thread of its own that moves when it is told to. */
  private static final class Run extends FaultyProcess {
    private final String name;
    private final Story story;
    private final Semaphore permit = new Semaphore(0);
    private final Thread thread;
    private final int killedAfter;
    private final boolean beats;

    /** Not scheduled. */
    private boolean free;

    private int operations;
    private boolean started;

    /** Written by the run's thread before the story's goes on. */
    private volatile boolean ended;

    private @Nullable Throwable failure;

    Run(String name, Story story) {
      super(name, story.disk);
      this.name = name;
      this.story = story;
      this.killedAfter = story.random.nextInt(3) == 0 ? story.random.nextInt(300) : -1;
      this.beats = story.random.nextBoolean();
      thread = new Thread(this::work, name);
    }

    String name() {
      return name;
    }

    /** Lets the run do one more operation; returns when it is about to do the next. */
    void goOn() {
      if (!started) {
        started = true;
        thread.start();
      } else {
        permit.release();
      }
      story.stopped.acquireUninterruptibly();
    }

    @Override
    protected Effect next(String operation, String path) {
      if (!free) {
        story.stopped.release();
        permit.acquireUninterruptibly();
      }
      story.nowMillis += 1;
      operations++;
      if (killedAfter >= 0 && operations > killedAfter && !free) {
        throw new Crash();
      }
      return Effect.DONE;
    }

    @Override
    protected int torn(int length) {
      return length;
    }

    JobStorage open() throws Exception {
      Contest.Rules rules =
          new Contest.Rules(
              100, () -> story.nowMillis, this::pause, new SimulatedMachine(name, () -> free));
      StorageSettings settings =
          new StorageSettings(location(), "job", "latest", 2, false, null, rules, fenced -> {});
      return JobStorage.open(settings, FaultyProcess.WORKERS);
    }

    private void pause(long millis) {
      next("pause", "");
      story.nowMillis += millis;
    }

    private void work() {
      try {
        live();
      } catch (FencedException e) {
        story.outcomes[0]++;
      } catch (JobInUseException e) {
        story.outcomes[2]++;
      } catch (Crash e) {
        // As intended.
        ended = true;
      } catch (Throwable e) {
        failure = e;
      } finally {
        ended = true;
        story.stopped.release();
      }
    }

    private void live() throws Exception {
      try (JobStorage storage = open()) {
        RestorePoint point = storage.restorePoint();
        CheckpointRef parent = point == null ? null : point.manifest().ref();
        if (point != null && story.random.nextBoolean()) {
          verify(point, storage);
        }
        SplittableRandom random = story.random.split();
        int base = random.nextInt(3);
        for (int count = random.nextInt(6); count > 0; count--) {
          if (beats) {
            storage.lease().beat();
          }
          PendingCheckpoint pending = storage.begin(storage.nextId());
          CheckpointRef ref = new CheckpointRef(storage.epoch(), pending.id());
          story.parents.put(ref, parent);
          TestFile[] files = {file(base), file(base + 1), file(base + 2)};
          base += random.nextInt(3);
          Manifest manifest = TestJob.complete(pending, false, files);
          // What the run would do now: make the checkpoint's effects visible.
          story.finalized.add(manifest.ref());
          story.outcomes[1]++;
          parent = ref;
        }
      }
    }

    private static void verify(RestorePoint point, JobStorage storage) throws IOException {
      List<String> problems = point.verify().problems();
      if (!problems.isEmpty()) {
        // Only a run that has been succeeded may miss something.
        storage.checkOwned();
        assertThat(problems).isEmpty();
      }
    }

    private static TestFile file(int number) {
      String id = "content-" + number;
      return new TestFile("file" + number, id, id.getBytes(UTF_8));
    }
  }
}
