package dev.lintel.runner.checkpoint.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.checkpoint.manifest.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
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
      point.fetch(taken.tasks().get(0).state().files(), folder);
      assertThat(folder.resolve("a")).hasContent("one");
      assertThat(folder.resolve("b")).hasContent("two");
      assertThat(point.parts(taken.tasks().get(0).parts()).get("Sum/Format"))
          .containsExactly(new byte[] {1, 2}, new byte[0]);
      assertThat(point.parts(taken.job().parts()).get("Read")).containsExactly(new byte[5000]);
      assertThat(storage.nextId()).isEqualTo(3);
    }
  }

  private JobStorage open(String restore) throws Exception {
    return JobStorage.open(TestJob.settings(directory + "/checkpoints", restore));
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
}
