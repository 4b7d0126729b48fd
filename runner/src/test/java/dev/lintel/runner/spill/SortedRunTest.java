package dev.lintel.runner.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.disk.RunFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sorted runs give what a sorted list gives, for entries of all sizes; and how they fail. */
class SortedRunTest {
  private static final int SEEDS = 40;

  @TempDir Path folder;

  @Test
  void aRunGivesItsEntriesAndThoseFromAnyKey() {
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "run-test-")) {
      for (long seed = 0; seed < SEEDS; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        Entries model = Entries.random(random, 1 + random.nextInt(400));
        try (SortedRun run = write(directory, model, seed % 2 == 0)) {
          assertThat(Entries.readAll(run.cursor())).as("seed %d", seed).isEqualTo(model.sorted());
          assertThat(run.size()).as("seed %d", seed).isEqualTo(model.sorted().size());
          for (int i = 0; i < 20; i++) {
            byte[] key = model.keyOrNeighbour(random);
            assertThat(Entries.readAll(run.cursorAt(key)))
                .as("seed %d, from %s", seed, Arrays.toString(key))
                .isEqualTo(model.from(key));
          }
        }
      }
      assertThat(directory.openFiles()).isZero();
    }
  }

  @Test
  void aPartOfARunIsReadByItsOffsets() {
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "run-test-")) {
      Entries model = Entries.random(new SplittableRandom(7), 500);
      SortedRun run = write(directory, model);
      List<Long> offsets = new ArrayList<>();
      RunCursor all = run.cursor();
      while (all.next()) {
        offsets.add(all.entryOffset());
      }
      assertThat(all.entryEnd()).isEqualTo(run.bytes());
      assertThat(Entries.readAll(run.cursor(offsets.get(100), offsets.get(300))))
          .isEqualTo(model.sorted().subList(100, 300));
    }
  }

  @Test
  void aValueLargerThanEveryBufferIsReadWholeOrSkipped() {
    byte[] large = new byte[3 << 20];
    new SplittableRandom(1).nextBytes(large);
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "run-test-")) {
      SortedRunWriter writer = new SortedRunWriter(directory, true);
      writer.append(bytes("a"), large);
      writer.append(bytes("b"), bytes("small"));
      SortedRun run = writer.finish();
      EntryCursor reading = run.cursor();
      assertThat(reading.next()).isTrue();
      assertThat(reading.value()).isEqualTo(large);
      assertThat(reading.next()).isTrue();
      assertThat(reading.value()).isEqualTo(bytes("small"));
      EntryCursor skipping = run.cursor();
      assertThat(skipping.next()).isTrue();
      assertThat(skipping.valueLength()).isEqualTo(large.length);
      assertThat(skipping.next()).isTrue();
      assertThat(skipping.key()).isEqualTo(bytes("b"));
      assertThat(skipping.next()).isFalse();
    }
  }

  @Test
  void cursorsOfManyThreadsDoNotDisturbEachOther() throws Exception {
    Entries model = Entries.random(new SplittableRandom(3), 2_000);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "run-test-")) {
      SortedRun run = write(directory, model);
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        long seed = i;
        Callable<Boolean> reader = () -> readsRight(run, model, new SplittableRandom(seed));
        results.add(threads.submit(reader));
      }
      for (Future<Boolean> each : results) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean readsRight(SortedRun run, Entries model, SplittableRandom random) {
    boolean right = true;
    for (int i = 0; i < 20; i++) {
      byte[] key = model.keyOrNeighbour(random);
      right &= Entries.readAll(run.cursorAt(key)).equals(model.from(key));
    }
    return right;
  }

  @Test
  void aPendingInterruptNeitherClosesTheFileNorGetsLost() {
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "run-test-")) {
      Entries model = Entries.random(new SplittableRandom(5), 50);
      Thread.currentThread().interrupt();
      SortedRun run = write(directory, model);
      List<String> read = Entries.readAll(run.cursor());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(read).isEqualTo(model.sorted());
    }
  }

  @Test
  void closingTheDirectoryDeletesEverything() throws IOException {
    RunFolder all = new RunFolder(folder.resolve("made/for/it"));
    SpillDirectory directory = new SpillDirectory(all, "run-test-");
    SortedRun run = write(directory, Entries.random(new SplittableRandom(6), 50));
    assertThat(directory.openFiles()).isEqualTo(1);
    directory.close();
    directory.close();
    all.close();
    try (Stream<Path> left = Files.list(folder.resolve("made/for/it"))) {
      assertThat(left).isEmpty();
    }
    assertThatThrownBy(() -> run.cursor().next())
        .isInstanceOf(SpillException.class)
        .hasMessageContaining("as long as their job runs");
    assertThatThrownBy(() -> new SortedRunWriter(directory, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("it has ended");
  }

  @Test
  void aFolderThatCanNotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(file), "run-test-")) {
      assertThatThrownBy(() -> new SortedRunWriter(directory, true))
          .isInstanceOf(SpillException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("--stateDirectory");
    }
  }

  /** Every write to Linux's {@code /dev/full} fails as on a full disk. */
  @Test
  void aFullDiskIsOneClearError() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.isWritable(full), "needs Linux");
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "run-test-");
        FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      SpillFile file = new SpillFile(full, channel, directory);
      assertThatThrownBy(() -> file.append(new byte[10], 0, 10))
          .isInstanceOf(SpillException.class)
          .hasMessageContaining("Expected to write 10 bytes to /dev/full")
          .hasMessageContaining("No space left")
          .hasMessageContaining("--stateDirectory");
    }
  }

  @Test
  void keysOutOfOrderAreRefused() {
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "run-test-")) {
      SortedRunWriter writer = new SortedRunWriter(directory, true);
      writer.append(new byte[] {(byte) 0x80}, bytes("unsigned"));
      writer.append(new byte[] {(byte) 0x80}, bytes("same key"));
      assertThatThrownBy(() -> writer.append(new byte[] {0x7f}, bytes("less")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[127]");
    }
  }

  private static SortedRun write(SpillDirectory directory, Entries model) {
    return write(directory, model, true);
  }

  private static SortedRun write(SpillDirectory directory, Entries model, boolean indexed) {
    SortedRunWriter writer = new SortedRunWriter(directory, indexed);
    model.forEachSorted(writer::append);
    return writer.finish();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
