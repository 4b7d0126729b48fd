package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.runner.LintelPipelineResult;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job goes on in other numbers of slots, through savepoints in the middle of its input. */
@Timeout(180)
class RescaleTest {
  private static final long SEED = 20_261_121;
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 6_000;

  @TempDir static Path folder;
  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = KafkaBroker.start(folder.resolve("broker"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static LintelPipelineResult start(Topic in, Topic out, String... options) {
    Pipeline pipeline = JobRun.pipeline(folder, "rescaled", options);
    Visits.build(pipeline, JobRun.read(broker, in), JobRun.write(broker, out));
    return JobRun.start(pipeline);
  }

  @Test
  void fourSlotsThenOneThenThreeAndEveryRecordHasItsEffectOnce() throws Exception {
    Topic in = Topic.create(broker, "visits", PARTITIONS);
    Topic out = Topic.create(broker, "visited", PARTITIONS);
    Visits visits = Visits.random(new SplittableRandom(SEED), RECORDS, PARTITIONS);
    List<Topic.Record> records = visits.records();
    String first = folder.resolve("first").toString();
    String second = folder.resolve("second").toString();
    int third = RECORDS / 3;

    LintelPipelineResult four = start(in, out, "--parallelism=4", "--stateBackend=rocksdb");
    in.send(records.subList(0, third));
    JobRun.await(four, "it has begun", () -> out.committedCount() >= third / 4);
    in.send(records.subList(third, third + 500));
    assertThat(four.stop(first)).isEqualTo(State.CANCELLED);

    LintelPipelineResult one =
        start(in, out, "--parallelism=1", "--stateBackend=heap", "--restore=" + first);
    in.send(records.subList(third + 500, 2 * third));
    JobRun.await(one, "it has gone on", () -> out.committedCount() >= third + third / 4);
    in.send(records.subList(2 * third, 2 * third + 500));
    assertThat(one.stop(second)).isEqualTo(State.CANCELLED);
    int atSecond = out.settled().size();

    LintelPipelineResult three =
        start(in, out, "--parallelism=3", "--stateBackend=rocksdb", "--restore=" + second);
    in.send(records.subList(2 * third + 500, records.size()));
    JobRun.await(
        three,
        "all is counted",
        () -> out.committed().stream().filter(Visits::isCount).count() == RECORDS);
    three.drain();
    assertThat(three.waitUntilFinish()).isEqualTo(State.DONE);

    assertThat(out.settled()).as("seed %d", SEED).isEqualTo(visits.expected());
    assertThat(atSecond).as("in the middle").isLessThan(visits.expected().size());
  }
}
