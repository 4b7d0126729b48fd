package dev.lintel.runner.checkpoint.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Lives of a job that end by a crash at any operation of its storage, with operations that fail on
 * the way: what has been completed is found by the next life, in full, and after a life without
 * faults has begun there is nothing on the disk that nobody needs.
 */
class CrashTest {
  private static final int SEEDS = 300;

  @BeforeAll
  static void registerFileSystem() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @Test
  void whatWasCompletedSurvivesAndWhatWasNotGoes() {
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        new Story(seed).run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("Failing seed: " + seed, e);
      }
    }
  }

  /** One job, from its first life to one that has no faults. */
  private static final class Story {
    private final SplittableRandom random;
    private final FaultyDisk disk = new FaultyDisk();
    private final String name;

    /** The newest checkpoint that was said to be complete. */
    private @Nullable Manifest certain;

    /** One that may have been completed after it. */
    private @Nullable CheckpointRef perhaps;

    private int content;
    private int lives;
    private long nowMillis;

    Story(long seed) {
      random = new SplittableRandom(seed);
      name = "crash-" + seed;
    }

    void run() throws Exception {
      int count = 2 + random.nextInt(4);
      for (int life = 0; life < count; life++) {
        Process process = new Process(1 + random.nextInt(random.nextBoolean() ? 40 : 400), true);
        try {
          live(process);
        } catch (FaultyProcess.Crash | IOException e) {
          // The next life finds out what has become of it.
          continue;
        }
      }
      Process last = new Process(Integer.MAX_VALUE, false);
      try (JobStorage storage = open(last)) {
        checkBeginning(storage, true);
        assertNoOrphans(storage, last);
        checkpoint(storage);
      }
      FaultyProcess.forget(name);
    }

    private void live(Process process) throws Exception {
      try (JobStorage storage = open(process)) {
        checkBeginning(storage, process.checkable);
        int checkpoints = random.nextInt(5);
        for (int i = 0; i < checkpoints; i++) {
          checkpoint(storage);
        }
      }
    }

    private JobStorage open(Process process) throws Exception {
      lives++;
      Contest.Rules rules =
          new Contest.Rules(
              1000,
              () -> nowMillis,
              millis -> nowMillis += millis,
              new SimulatedMachine("run" + lives, () -> true));
      StorageSettings settings =
          new StorageSettings(
              process.location(), "job", "latest", 2, false, null, rules, fenced -> {});
      return JobStorage.open(settings, FaultyProcess.WORKERS);
    }

    private void checkBeginning(JobStorage storage, boolean inFull) {
      RestorePoint point = storage.restorePoint();
      CheckpointRef found = point == null ? null : point.manifest().ref();
      CheckpointRef expected = certain == null ? null : certain.ref();
      if (found == null || !found.equals(perhaps)) {
        assertThat(found).as("the checkpoint that is restored").isEqualTo(expected);
      }
      perhaps = null;
      certain = point == null ? null : point.manifest();
      if (point != null && inFull) {
        assertThat(point.verify().problems()).isEmpty();
        for (CheckpointRef each : point.manifest().retained()) {
          assertThat(verify(storage, each)).isEmpty();
        }
      }
    }

    private List<String> verify(JobStorage storage, CheckpointRef ref) {
      try {
        StorageFolder root = StorageFolder.at(FaultyProcess.of(name).location() + "/job", false);
        Manifest manifest = History.readManifest(root, Layout.manifest(ref));
        return storage.restorePoint(manifest).verify().problems();
      } catch (IOException e) {
        return List.of(String.valueOf(e.getMessage()));
      }
    }

    /** Some files are as in the checkpoint before, some are new. */
    private void checkpoint(JobStorage storage) throws Exception {
      PendingCheckpoint pending = storage.begin(storage.nextId());
      List<TestFile> files = new ArrayList<>();
      for (int i = Math.max(0, content - random.nextInt(4)); i < content; i++) {
        files.add(file(i));
      }
      for (int fresh = random.nextInt(3); fresh >= 0; fresh--) {
        files.add(file(content++));
      }
      if (random.nextInt(8) == 0) {
        CompletableFuture<TaskEntry> unused =
            pending.store(TestJob.snapshot(files.toArray(TestFile[]::new)));
        assertThat(pending.giveUp()).isTrue();
        return;
      }
      perhaps = new CheckpointRef(storage.epoch(), pending.id());
      try {
        certain = TestJob.complete(pending, false, files.toArray(TestFile[]::new));
        perhaps = null;
      } catch (UndecidedException e) {
        throw e;
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("No space left on device");
        perhaps = null;
      }
    }

    private static TestFile file(int number) {
      String id = "content-" + number;
      return new TestFile("file" + number, id, id.repeat(number % 7).getBytes(UTF_8));
    }

    private void assertNoOrphans(JobStorage storage, Process process) {
      Set<String> expected = new HashSet<>();
      String job = "checkpoints/job/";
      expected.add(job + "claims/" + storage.epoch() + "-run" + lives + ".json");
      expected.add(job + "heartbeats/" + storage.epoch() + "-run" + lives);
      expected.add(job + Layout.restoredFrom(storage.epoch()));
      RestorePoint point = storage.restorePoint();
      if (point != null) {
        List<Manifest> kept = new ArrayList<>(List.of(point.manifest()));
        point.manifest().retained().forEach(each -> kept.add(manifest(each)));
        for (Manifest each : kept) {
          expected.add(job + Layout.manifest(each.ref()));
          each.files().keySet().forEach(path -> expected.add(job + path));
        }
      }
      assertThat(new TreeSet<>(process.disk().paths())).isEqualTo(new TreeSet<>(expected));
    }

    private Manifest manifest(CheckpointRef ref) {
      try {
        StorageFolder root = StorageFolder.at(FaultyProcess.of(name).location() + "/job", false);
        return History.readManifest(root, Layout.manifest(ref));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** Dies at one operation; others may fail. */
    private final class Process extends FaultyProcess {
      private final boolean faulty;
      private final boolean failing;
      private final boolean checkable;
      private int left;

      Process(int operations, boolean faulty) {
        super(name, disk);
        this.left = operations;
        this.faulty = faulty;
        this.failing = faulty && random.nextInt(3) == 0;
        // Reading in full takes many operations: half of the lives do without.
        this.checkable = !failing && left > 200;
      }

      @Override
      protected Effect next(String operation, String path) {
        nowMillis++;
        if (left == 0) {
          throw new Crash();
        }
        left--;
        if (faulty && left == 0) {
          return random.nextBoolean() ? Effect.CRASHED : Effect.DONE_AND_CRASHED;
        }
        if (failing && random.nextInt(25) == 0) {
          return random.nextBoolean() ? Effect.FAILED : Effect.DONE_AND_FAILED;
        }
        return Effect.DONE;
      }

      @Override
      protected int torn(int length) {
        return random.nextInt(length + 1);
      }
    }
  }
}
