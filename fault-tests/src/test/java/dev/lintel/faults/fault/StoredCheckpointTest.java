package dev.lintel.faults.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredCheckpointTest {
  @TempDir Path job;

  @Test
  void findsTheNewestAndItsFiles() throws IOException {
    manifest("9/manifests/12.json", "{}");
    manifest(
        "10/manifests/3.json", "{\"state\": [{\"path\": \"10/files/a.sst\"}], \"path\": \"x\"}");
    manifest("10/manifests/restored-from.json", "{}");

    StoredCheckpoint newest = StoredCheckpoint.newest(job).orElseThrow();

    assertThat(newest.epoch()).isEqualTo(10);
    assertThat(newest.id()).isEqualTo(3);
    assertThat(newest.stateFiles()).containsExactly(job.resolve("10/files/a.sst"));
  }

  @Test
  void changesABitAndBack() throws IOException {
    Path file = Files.write(job.resolve("file"), new byte[100]);

    StoredCheckpoint.flipBit(file, 42);
    assertThat(Files.readAllBytes(file)).hasSize(100).isNotEqualTo(new byte[100]);

    StoredCheckpoint.flipBit(file, 42);
    assertThat(Files.readAllBytes(file)).isEqualTo(new byte[100]);
  }

  private void manifest(String path, String text) throws IOException {
    Files.createDirectories(job.resolve(path).getParent());
    Files.writeString(job.resolve(path), text);
  }
}
