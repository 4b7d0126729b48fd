package dev.lintel.runner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.checkpoint.claim.Machine;
import dev.lintel.runner.checkpoint.claim.RunOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlFolderTest {
  @TempDir Path temporary;
  private Path path;
  private final Set<Long> gone = new HashSet<>();
  private ControlFolder folder;

  /** On which processes end when the test says so. */
  private final class TestMachine implements Machine {
    @Override
    public RunOwner newRun(long nowMillis) {
      return owner(1, "here");
    }

    @Override
    public boolean isGone(RunOwner owner) {
      return gone.contains(owner.pid());
    }

    @Override
    public boolean isHere(RunOwner owner) {
      return owner.machine().equals("here");
    }
  }

  private static RunOwner owner(long pid, String machine) {
    return new RunOwner("run-" + pid, "host", machine, pid, 0, 0);
  }

  private static ControlFile file(String job, long pid) {
    return new ControlFile(job, 4_000, "secret", owner(pid, "here"));
  }

  @BeforeEach
  void open() {
    path = temporary.resolve("control");
    folder = new ControlFolder(path, new TestMachine());
  }

  @Test
  void onlyTheUserCanReadWhatLetsHimIn() throws IOException {
    assertThat(folder.jobs()).isEmpty();
    folder.register(file("job", 1));

    assertThat(folder.jobs()).containsExactly(file("job", 1));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(path)) {
      assertThat(files)
          .singleElement()
          .satisfies(
              each ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void aFolderThatOthersCanWriteToIsRefused() throws IOException {
    Files.createDirectory(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> folder.register(file("job", 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rwxrwxrwx")
        .hasMessageContaining("--controlDirectory");
    assertThatThrownBy(folder::jobs).hasMessageContaining("rwxrwxrwx");
  }

  @Test
  void jobsWithTheSameNameCanBeToldFromEachOther() throws IOException {
    ControlFolder.Entry first = folder.register(file("a job/with: signs", 1));
    ControlFolder.Entry second = folder.register(file("a job/with: signs", 2));

    assertThat(first.file().job()).isEqualTo("a job/with: signs");
    assertThat(second.file().job()).isEqualTo("a job/with: signs-2");
    first.remove();
    assertThat(folder.jobs()).containsExactly(second.file());
  }

  @Test
  void aProcessThatIsGoneLeavesItsName() throws IOException {
    folder.register(file("job", 1));
    folder.register(new ControlFile("far", 4_000, "secret", owner(3, "elsewhere")));
    gone.add(1L);

    assertThat(folder.register(file("job", 2)).file().job()).isEqualTo("job");
    assertThat(folder.jobs()).containsExactly(file("job", 2));
    gone.add(2L);
    assertThat(folder.jobs()).isEmpty();
  }

  @Test
  void aFileThatNobodyCanReadIsNamed() throws IOException {
    ControlFolder.Entry entry = folder.register(file("job", 1));
    Files.writeString(entry.path(), "{");

    assertThatThrownBy(folder::jobs).hasMessageContaining(entry.path().toString());
  }
}
