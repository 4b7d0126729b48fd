package dev.lintel.runner.checkpoint.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.checkpoint.claim.JobInUseException;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.NamedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's checkpoints on a local disk, from one run to the next. */
class JobStorageTest {
  @TempDir Path directory;

  @Test
  void aRunGoesOnFromTheLatestCheckpointOfTheOneBefore() throws Exception {
    Manifest taken;
    try (JobStorage storage = open("latest")) {
      assertThat(storage.restorePoint()).isNull();
      TestJob.checkpoint(storage, file("a", "one"));
      taken = TestJob.checkpoint(storage, file("a", "one"), file("b", "two"));
    }
    try (JobStorage storage = open("latest")) {
      RestorePoint point = storage.restorePoint();
      assertThat(point.manifest()).isEqualTo(taken);
      Path folder = directory.resolve("fetched");
      point.fetch(taken.tasks().get(0).state().files(), folder).join();
      assertThat(folder.resolve("a")).hasContent("one");
      assertThat(folder.resolve("b")).hasContent("two");
      assertThat(point.parts(taken.tasks().get(0).parts()).get("Sum/Format"))
          .containsExactly(new byte[] {1, 2}, new byte[0]);
      assertThat(point.parts(taken.job().parts()).get("Read")).containsExactly(new byte[5000]);
      assertThat(storage.nextId()).isEqualTo(3);
    }
  }

  @Test
  void aFileWithKnownContentIsStoredOnceAndGoesWithItsLastCheckpoint() throws Exception {
    TestFile shared = file("shared", "the same in all");
    try (JobStorage storage = open("latest")) {
      TestJob.checkpoint(storage, shared, file("first", "1"));
    }
    try (JobStorage storage = open("latest")) {
      PendingCheckpoint pending = storage.begin(storage.nextId());
      TestJob.complete(pending, false, shared, file("second", "22"));
      assertThat(pending.sharedBytes()).isEqualTo(shared.content().length);
      assertThat(pending.storedBytes()).isEqualTo(2 + 5020);
      TestJob.checkpoint(storage, shared);
      TestJob.checkpoint(storage, file("last", "3"));
    }
    try (JobStorage storage = open("latest")) {
      assertThat(storage.restorePoint().manifest().ref().id()).isEqualTo(4);
    }
    assertThat(stored()).filteredOn(path -> path.contains("first")).isEmpty();
    assertThat(stored()).filteredOn(path -> path.contains("second")).isEmpty();
    assertThat(stored()).filteredOn(path -> path.contains("shared")).hasSize(1);
    assertThat(stored()).filteredOn(path -> path.contains("/manifests/")).hasSize(3);
  }

  @Test
  void aDamagedLatestCheckpointIsNamedAndThePreviousOneUsedWhenAskedFor() throws Exception {
    Manifest previous;
    Manifest latest;
    try (JobStorage storage = open("latest")) {
      previous = TestJob.checkpoint(storage, file("a", "one"));
      latest = TestJob.checkpoint(storage, file("b", "two"));
    }
    Path manifest = directory.resolve("checkpoints/job/" + Layout.manifest(latest.ref()));
    byte[] bytes = Files.readAllBytes(manifest);
    bytes[bytes.length / 2] ^= 4;
    Files.write(manifest, bytes);
    assertThatThrownBy(() -> open("latest"))
        .isInstanceOf(DamagedCheckpointException.class)
        .hasMessageContaining(manifest.toString())
        .hasMessageContaining("--restore=previous");
    try (JobStorage storage = open("previous")) {
      assertThat(storage.restorePoint().manifest()).isEqualTo(previous);
      assertThat(storage.nextId()).isEqualTo(3);
    }
    try (JobStorage storage = open("latest")) {
      assertThat(storage.restorePoint().manifest()).isEqualTo(previous);
    }
  }

  @Test
  void aDamagedFileIsFoundByVerifyAndFailsTheFetch() throws Exception {
    try (JobStorage storage = open("latest")) {
      Manifest taken = TestJob.checkpoint(storage, file("a", "one"), file("b", "two"));
      NamedFile damaged = taken.tasks().get(0).state().files().get(1);
      Path stored = directory.resolve("checkpoints/job/" + damaged.file().path());
      Files.writeString(stored, "tvo");
      RestorePoint point = storage.restorePoint(taken);
      assertThat(point.verify().problems()).singleElement().asString().contains("files/1-2-b");
      assertThatThrownBy(
              () ->
                  point.fetch(taken.tasks().get(0).state().files(), directory.resolve("f")).join())
          .cause()
          .isInstanceOf(DamagedCheckpointException.class)
          .hasMessageContaining(stored.toString());
      Files.delete(stored);
      assertThat(point.verify().problems()).singleElement().asString().contains("does not exist");
    }
  }

  @Test
  void aJobThatHasEndedBeginsAnewAndNoneKeepsWhatIsThere() throws Exception {
    try (JobStorage storage = open("latest")) {
      TestJob.checkpoint(storage, file("a", "one"));
      TestJob.complete(storage.begin(storage.nextId()), true, file("b", "two"));
    }
    for (String restore : List.of("latest", "none")) {
      try (JobStorage storage = open(restore)) {
        assertThat(storage.restorePoint()).isNull();
      }
    }
    try (JobStorage storage = open("previous")) {
      assertThat(storage.restorePoint().manifest().ref().id()).isEqualTo(2);
    }
  }

  @Test
  void aSavepointCanBeMovedAndNeedsNothingElse() throws Exception {
    String folder = directory + "/savepoint";
    TestFile shared = file("shared", "as in the checkpoint");
    Manifest taken;
    try (JobStorage storage = open("latest")) {
      TestJob.checkpoint(storage, shared);
      long id = storage.nextId();
      taken = TestJob.complete(storage.beginSavepoint(id, folder), false, shared);
      TestJob.complete(storage.begin(id), false, shared);
      assertThatThrownBy(() -> storage.beginSavepoint(id + 1, folder))
          .hasMessageContaining("empty folder");
    }
    Path moved = Files.move(Path.of(folder), directory.resolve("moved"));
    deleteAll(directory.resolve("checkpoints"));
    assertThat(CheckpointCatalog.find(moved.toString()))
        .singleElement()
        .satisfies(each -> assertThat(each.point().verify().problems()).isEmpty());
    try (JobStorage storage = open(moved.toString())) {
      assertThat(storage.restorePoint().manifest()).isEqualTo(taken);
      Path fetched = directory.resolve("fetched");
      storage.restorePoint().fetch(taken.tasks().get(0).state().files(), fetched).join();
      assertThat(fetched.resolve("shared")).hasContent("as in the checkpoint");
    }
  }

  @Test
  void aCheckpointCanBeRestoredByItsPath() throws Exception {
    try (JobStorage storage = open("latest")) {
      TestJob.checkpoint(storage, file("a", "one"));
      TestJob.checkpoint(storage, file("b", "two"));
    }
    List<CheckpointCatalog.Found> listed = CheckpointCatalog.find(directory + "/checkpoints/job");
    assertThat(listed)
        .extracting(each -> each.point().manifest().ref().id())
        .containsExactly(2L, 1L);
    assertThat(CheckpointCatalog.find(directory + "/checkpoints"))
        .extracting(CheckpointCatalog.Found::path)
        .isEqualTo(listed.stream().map(CheckpointCatalog.Found::path).toList());
    try (JobStorage storage = open(listed.get(1).path())) {
      assertThat(storage.restorePoint().manifest().ref().id()).isEqualTo(1);
    }
    assertThatThrownBy(() -> open(directory + "/nothing")).hasMessageContaining("/nothing");
  }

  @Test
  void aSecondRunIsRefusedWhileTheFirstLives() throws Exception {
    try (JobStorage storage = open("latest")) {
      assertThatThrownBy(() -> open("latest"))
          .isInstanceOf(JobInUseException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("--jobName");
      storage.checkOwned();
    }
  }

  @Test
  void whatThisMachineStoredIsLinkedUnlessItIsDamaged() throws Exception {
    Path local = Files.writeString(directory.resolve("local"), "one");
    TestFile file = new TestFile("a", "a", "one".getBytes(UTF_8), local);
    Path cache = directory.resolve("cache");
    StorageSettings settings = TestJob.settings(directory + "/checkpoints", "latest", cache);
    Manifest taken;
    try (JobStorage storage = JobStorage.open(settings, RestoreCheck.NONE)) {
      taken = TestJob.checkpoint(storage, file);
    }
    List<NamedFile> files = taken.tasks().get(0).state().files();
    try (JobStorage storage = JobStorage.open(settings, RestoreCheck.NONE)) {
      Path first = directory.resolve("first");
      RestorePoint point = storage.restorePoint();
      point.fetch(files, first).join();
      assertThat(Files.getAttribute(first.resolve("a"), "unix:ino"))
          .isEqualTo(Files.getAttribute(local, "unix:ino"));
      assertThat(point.fetched()).isEqualTo(new RestorePoint.Fetched(3, 0));
      Files.writeString(local, "two");
      Path second = directory.resolve("second");
      point.fetch(files, second).join();
      assertThat(second.resolve("a")).hasContent("one");
      assertThat(point.fetched()).isEqualTo(new RestorePoint.Fetched(3, 3));
    }
  }

  private JobStorage open(String restore) throws Exception {
    return JobStorage.open(
        TestJob.settings(directory + "/checkpoints", restore), RestoreCheck.NONE);
  }

  private static TestFile file(String name, String content) {
    return new TestFile(name, content, content.getBytes(UTF_8));
  }

  private List<String> stored() throws Exception {
    Path root = directory.resolve("checkpoints");
    try (var files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).map(f -> root.relativize(f).toString()).toList();
    }
  }

  private static void deleteAll(Path folder) throws Exception {
    try (var files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
