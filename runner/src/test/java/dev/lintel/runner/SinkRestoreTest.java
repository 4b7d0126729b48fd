package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.sink.TransactionalSink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job whose sink has prepared something goes on in as many slots, fewer or more. */
@Timeout(120)
class SinkRestoreTest {
  private static final int SLOTS = 3;

  /** By slot: what it was told at its last beginning that all slots had prepared. */
  private static final Map<Integer, List<String>> TOLD = new ConcurrentHashMap<>();

  @TempDir Path folder;

  /** Has something prepared at each checkpoint: the number of its slot. */
  private static final class Sink extends DoFn<Long, Void> implements TransactionalSink {
    private int slot;

    @Override
    public void begin(Context context, List<byte[]> restored) {
      slot = context.slot();
      TOLD.put(
          slot,
          restored.stream()
              .map(each -> new String(each, StandardCharsets.UTF_8))
              .sorted()
              .toList());
    }

    @ProcessElement
    public void process() {}

    @Override
    public List<byte[]> prepare() {
      return List.of(("by " + slot).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void commit(byte[] prepared) {}
  }

  private LintelPipelineResult start(int slots, String... more) {
    Pipeline pipeline =
        new JobOptions("prepared")
            .set("parallelism", "" + slots)
            .set("checkpointIntervalMillis", "3600000")
            .set("checkpointDir", folder.resolve("checkpoints").toString())
            .setAll(more)
            .pipeline();
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, Duration.standardSeconds(1)))
        .apply("Sink", ParDo.of(new Sink()));
    return (LintelPipelineResult) pipeline.run();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void everySlotIsToldOfAllThatWasPrepared(int slots) {
    String savepoint = folder.resolve("savepoint").toString();
    TOLD.clear();
    start(SLOTS).stop(savepoint);
    TOLD.clear();

    start(slots, "--restore=" + savepoint).stop(null);

    assertThat(TOLD).hasSize(slots);
    assertThat(TOLD.values())
        .allSatisfy(told -> assertThat(told).containsExactly("by 0", "by 1", "by 2"));
  }
}
