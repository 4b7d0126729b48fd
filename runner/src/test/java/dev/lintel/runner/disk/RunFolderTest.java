package dev.lintel.runner.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  @TempDir Path parent;

  @Test
  void nothingIsMadeUntilItIsNeededAndNothingIsLeft() throws IOException {
    try (RunFolder folder = new RunFolder(parent.resolve("new"))) {
      assertThat(parent).isEmptyDirectory();
      Files.writeString(folder.make("state").resolve("file"), "content");
      assertThat(folder.make("state")).isDirectoryContaining("glob:**file");
      RunFolder.delete(folder.make("state"));
    }
    assertThat(parent.resolve("new")).isEmptyDirectory();
  }

  @Test
  void whatAKilledRunHasLeftIsDeletedAndALivingOneStays() throws IOException {
    Path left = Files.createDirectories(parent.resolve("lintel-run-left/state"));
    Files.writeString(left.resolve("file"), "content");
    Files.createFile(left.resolveSibling("lock"));
    Path others = Files.createDirectories(parent.resolve("others"));
    try (RunFolder living = new RunFolder(parent);
        RunFolder next = new RunFolder(parent)) {
      Path kept = living.make("state");
      assertThat(parent.resolve("lintel-run-left")).doesNotExist();

      next.make("state");

      assertThat(kept).isDirectory();
      assertThat(others).isDirectory();
      living.close();
      assertThat(kept).as("what somebody still uses").isDirectory();
    }
  }

  @Test
  void nothingIsMadeWhenTheRunIsOver() throws IOException {
    RunFolder folder = new RunFolder(parent);
    RunFolder.delete(folder.make("state"));
    folder.close();
    folder.close();

    assertThatThrownBy(() -> folder.make("late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThat(parent).isEmptyDirectory();
  }
}
