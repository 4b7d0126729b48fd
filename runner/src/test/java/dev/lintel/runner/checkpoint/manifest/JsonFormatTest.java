package dev.lintel.runner.checkpoint.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.snapshot.SnapshotFormat;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Manifests as they are written now, and as they were written by the first version. */
class JsonFormatTest {
  @Test
  void readsWhatItWrites() throws Exception {
    byte[] bytes = JsonFormat.write(example());
    assertThat(JsonFormat.read(bytes, Manifest.class, "here")).isEqualTo(example());
    RestoreRecord record = new RestoreRecord(null, "/a", List.of(new CheckpointRef(1, 2)), 3);
    assertThat(JsonFormat.read(JsonFormat.write(record), RestoreRecord.class, "here"))
        .isEqualTo(record);
  }

  @Test
  void readsFormat1() throws Exception {
    try (InputStream in = getClass().getResourceAsStream("/checkpoints/manifest-format-1.json")) {
      assertThat(JsonFormat.read(in.readAllBytes(), Manifest.class, "here")).isEqualTo(example());
    }
  }

  @Test
  void noFlippedBitAndNoCutGoesUnseen() {
    byte[] bytes = JsonFormat.write(example());
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      assertDamaged(flipped);
      assertDamaged(Arrays.copyOf(bytes, i));
    }
  }

  private static void assertDamaged(byte[] bytes) {
    assertThatThrownBy(() -> JsonFormat.read(bytes, Manifest.class, "here"))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("here");
  }

  @Test
  void aNewerFormatIsRefused() {
    byte[] bytes = JsonFormat.envelope(JsonFormat.FORMAT + 1, "{\"new\":1}".getBytes(UTF_8));
    assertThatThrownBy(() -> JsonFormat.read(bytes, Manifest.class, "here"))
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining("later version");
  }

  @Test
  void noPathLeadsOutOfTheFolder() {
    assertThatThrownBy(() -> new StoredFile("1/../../secret", 1, "00000000", null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NamedFile("../x", stored("1/files/1")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Manifest example() {
    NamedFile file = new NamedFile("000012.sst", stored("3/files/7-1-000012.sst"));
    TaskEntry task =
        new TaskEntry(
            "Sum",
            1,
            2,
            List.of("Sum", "Sum/Format"),
            -9223372036854775L,
            1000,
            new StateEntry(SnapshotFormat.ROCKSDB, new KeyGroupRange(64, 128), List.of(file)),
            new Blob(new byte[] {1, 2, 3}, null),
            Map.of("Sum/View", List.of(new NamedFile("view", stored("3/files/7-2-view")))),
            Map.of("in", List.of(new NamedFile("0", stored("3/files/7-3-0")))));
    JobEntry job =
        new JobEntry(
            "the job",
            128,
            true,
            JsonNodeFactory.instance.objectNode().put("coders", "none"),
            null,
            new Blob(null, stored("3/files/7-4-metrics")));
    return new Manifest(
        new CheckpointRef(3, 7),
        CheckpointKind.CHECKPOINT,
        1_795_000_000_000L,
        "0.1.0",
        "2.73.0",
        List.of(new CheckpointRef(2, 6)),
        job,
        List.of(task));
  }

  private static StoredFile stored(String path) {
    return new StoredFile(path, 12, "0a1b2c3d", path.endsWith("sst") ? "db-1/12" : null);
  }

  /** How the resource of the present format was made. */
  public static void main(String[] args) throws Exception {
    System.out.write(JsonFormat.write(example()));
    System.out.flush();
  }
}
