package dev.lintel.runner;

import static dev.lintel.runner.Counting.count;
import static dev.lintel.runner.Counting.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.checkpoint.manifest.StateEntry;
import dev.lintel.runner.checkpoint.storage.CheckpointCatalog;
import dev.lintel.runner.checkpoint.storage.RestorePoint;
import dev.lintel.runner.compatibility.IncompatiblePipelineException;
import dev.lintel.runner.job.checkpoint.CheckpointStorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code --restore} says, of a job with two checkpoints: after the tenth number and after the
 * twentieth. There are five keys: those before the first were counted up to 2, and up to 4 before
 * the second.
 */
@Timeout(120)
class RestoreChoiceTest {
  private static final GatedJob.Body BODY = count("Count");

  @TempDir Path folder;
  private GatedJob job;

  @BeforeEach
  void takeTwoCheckpoints() {
    job = new GatedJob("job", folder);
    job.runTo(10, 10, BODY);
    job.runTo(20, 10, BODY);
  }

  private GatedJob restoring(String choice) {
    return job.set("restore", choice);
  }

  /** Of the job, the newest first. */
  private List<CheckpointCatalog.Found> checkpoints() throws IOException {
    return CheckpointCatalog.find(job.checkpoints().resolve("job").toString());
  }

  private static void flipABit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void theLatestIsTheDefault() {
    assertThat(job.runToEnd(BODY)).isEqualTo(counts("Count", 5, 12));
  }

  /** A restart on this machine finds them there. */
  @Test
  void tablesThatWereStoredAreKeptOnThisMachine() throws IOException {
    new GatedJob("stored", folder).set("stateBackend", "rocksdb").runTo(10, 10, BODY);
    try (var files = Files.walk(folder.resolve("local-stored-1"))) {
      assertThat(files.map(Path::toString).filter(each -> each.endsWith(".sst")))
          .isNotEmpty()
          .allMatch(each -> each.contains("lintel-cache-"));
    }
  }

  @Test
  void thePreviousOneIsTakenWhenItIsAskedFor() {
    assertThat(restoring("previous").runToEnd(BODY)).isEqualTo(counts("Count", 3, 12));
  }

  @Test
  void noneBeginsAnew() {
    assertThat(restoring("none").runToEnd(BODY)).isEqualTo(counts("Count", 1, 12));
  }

  @Test
  void aCheckpointIsTakenByItsPath() throws IOException {
    assertThat(restoring(checkpoints().get(1).path()).runToEnd(BODY))
        .isEqualTo(counts("Count", 3, 12));
  }

  // ---- damage ----

  private void assertDamaged(Path file) {
    assertThatThrownBy(() -> restoring("latest").runToEnd(BODY))
        .isInstanceOf(CheckpointStorageException.class)
        .hasMessageContaining("the checkpoint 2 of epoch")
        .hasMessageContaining(file.toString())
        .hasMessageContaining("start the job with --restore=previous");
    assertThat(restoring("previous").runToEnd(BODY)).isEqualTo(counts("Count", 3, 12));
  }

  @Test
  void aFlippedBitOfStateIsFoundAndThePreviousOneWorks() throws IOException {
    RestorePoint point = Objects.requireNonNull(checkpoints().get(0).point());
    StateEntry state =
        point.manifest().tasks().stream()
            .map(each -> each.state())
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
    Path file = job.checkpoints().resolve("job").resolve(state.files().get(0).file().path());
    flipABit(file);
    assertDamaged(file);
  }

  @Test
  void aFlippedBitOfTheManifestIsFoundAndThePreviousOneWorks() throws IOException {
    Path manifest = Path.of(checkpoints().get(0).path());
    flipABit(manifest);
    assertDamaged(manifest);
  }

  @Test
  void aDamagedSavepointIsNamed() throws IOException {
    Path savepoint = folder.resolve("savepoint");
    job.runTo(30, 10, BODY, savepoint);
    flipABit(savepoint.resolve("manifest.json"));
    assertThatThrownBy(() -> restoring(savepoint.toString()).runToEnd(BODY))
        .isInstanceOf(CheckpointStorageException.class)
        .hasMessageContaining("the savepoint " + savepoint)
        .hasMessageContaining("manifest.json");
  }

  // ---- what is not there ----

  @Test
  void anUnknownPathIsNamed() {
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> restoring(nowhere.toString()).runToEnd(BODY))
        .isInstanceOf(CheckpointStorageException.class)
        .hasMessageContaining("the savepoint " + nowhere)
        .hasMessageContaining("does not exist");
    assertThat(restoring("latest").runToEnd(BODY)).isEqualTo(counts("Count", 5, 12));
  }

  @Test
  void aPreviousOneThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> new GatedJob("new", folder).set("restore", "previous").runToEnd(BODY))
        .isInstanceOf(CheckpointStorageException.class)
        .hasMessageContaining("Expected a checkpoint before the latest one, but there is none")
        .hasMessageContaining("--restore=none");
  }

  /** Whoever is refused has not even made the choice. */
  @Test
  void aRefusedChoiceLeavesTheLatest() {
    assertThatThrownBy(() -> restoring("previous").runToEnd(count("Other")))
        .isInstanceOf(IncompatiblePipelineException.class)
        .hasMessageContaining("the checkpoint 1 of epoch 1");
    assertThat(restoring("latest").runToEnd(BODY)).isEqualTo(counts("Count", 5, 12));
  }

  // ---- savepoints ----

  @Test
  void aSavepointOfAnotherJobIsTakenIfItFits() {
    Path savepoint = folder.resolve("savepoint");
    job.runTo(30, 10, BODY, savepoint);
    GatedJob other = new GatedJob("other", folder).set("restore", savepoint.toString());

    assertThatThrownBy(() -> other.runToEnd(count("Other")))
        .isInstanceOf(IncompatiblePipelineException.class)
        .hasMessageContaining("the savepoint " + savepoint + " of job 'job'")
        .hasMessageContaining("'Count/ParMultiDo(Counting)'");
    // The source knows its gate by the name of the job that has taken the savepoint.
    GatedSource.setGate("job", 35);
    assertThat(other.awaitOutputs(5).runTo(0, 0, BODY)).isEqualTo(counts("Count", 7, 7));
    GatedSource.setGate("job", GatedJob.END);
    assertThat(other.set("restore", "latest").runToEnd(BODY)).isEqualTo(counts("Count", 8, 12));
  }

  /** A run that began with a savepoint and took no checkpoint is no reason to begin anew. */
  @Test
  void aSavepointIsGoneOnFromUntilThereIsACheckpoint() {
    Path savepoint = folder.resolve("savepoint");
    job.runTo(30, 10, BODY, savepoint);
    GatedSource.setGate("job", 35);
    GatedJob other =
        new GatedJob("other", folder).set("restore", savepoint.toString()).awaitOutputs(5);
    other.runAndCancel(BODY);
    GatedSource.setGate("job", GatedJob.END);
    assertThat(other.set("restore", "latest").runToEnd(BODY)).isEqualTo(counts("Count", 7, 12));
  }
}
