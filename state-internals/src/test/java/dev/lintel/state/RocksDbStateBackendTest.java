package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.store.StateStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbStateBackendTest {
  private static final KeyGroupRange ALL = new KeyGroupRange(0, 128);

  @TempDir Path folder;

  private RocksDbStateBackend backend() {
    return new RocksDbStateBackend(folder.resolve("state"), 16 << 20, System::nanoTime);
  }

  @Test
  void whatIsSharedLivesAsLongAsTheLastTask() {
    RocksDbStateBackend backend = backend();
    TaskState first = backend.open("first", ALL, 128);
    TaskState last = backend.open("last", ALL, 128);
    backend.close();
    first.close();
    last.store().put(new byte[] {1}, new byte[] {2});
    assertThat(last.store().get(new byte[] {1})).containsExactly(2);
    assertThat(folder.resolve("state")).exists();

    last.close();
    last.close();
    backend.close();
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void noStateIsOpenedAfterTheEnd() {
    RocksDbStateBackend backend = backend();
    backend.close();
    assertThatThrownBy(() -> backend.open("late", ALL, 128))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aTaskThatCannotBeOpenedLeavesNothing() throws IOException {
    RocksDbStateBackend backend = backend();
    TaskState task = backend.open("task", ALL, 128);
    // Its lock is taken.
    assertThatThrownBy(() -> backend.open("task", ALL, 128))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("MiB are free");
    assertThatThrownBy(() -> backend.open("other", ALL, 0))
        .isInstanceOf(IllegalArgumentException.class);
    try (var tasks = Files.list(folder.resolve("state"))) {
      assertThat(tasks).hasSize(1);
    }
    task.close();
    backend.close();
    assertThat(folder).isEmptyDirectory();
  }
}
