package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bounded pipeline whose groups do not fit into the memory that it may take. */
@Timeout(120)
class SpillingPipelineTest {
  private static final int ELEMENTS = 80_000;
  private static final int VALUE_CHARS = 1_000;
  private static final int KEYS = 500;

  @TempDir Path folder;

  private PCollection<KV<Long, Iterable<String>>> groups(Pipeline pipeline) {
    return pipeline
        .apply(GenerateSequence.from(0).to(ELEMENTS))
        .apply("Values", ParDo.of(new ValueFn()))
        .apply(GroupByKey.create());
  }

  private Pipeline pipeline() {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs(
                "--runner=LintelRunner",
                "--parallelism=2",
                "--stateMemoryMiB=16",
                "--stateDirectory=" + folder)
            .create());
  }

  @Test
  void spilledGroupsAreReadByTheirOwnTaskAndByOthersAndNothingIsLeft() throws IOException {
    Pipeline pipeline = pipeline();
    PCollection<KV<Long, Iterable<String>>> groups = groups(pipeline);
    PCollection<KV<Boolean, Long>> fused =
        groups.apply("Fused", ParDo.of(new LengthsFn(folder.toString())));
    PCollection<KV<Boolean, Long>> beyond =
        groups
            .apply(Reshuffle.viaRandomKey())
            .apply("Beyond", ParDo.of(new LengthsFn(folder.toString())));
    PAssert.that(fused.apply("SumFused", Sum.longsPerKey()))
        .containsInAnyOrder(KV.of(true, chars(true)), KV.of(false, chars(false)));
    PAssert.that(beyond.apply("SumBeyond", Sum.longsPerKey()))
        .containsInAnyOrder(KV.of(true, chars(true)), KV.of(false, chars(false)));
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
    assertNothingIsLeft();
  }

  /** The characters of the large group, or of all others. */
  private static long chars(boolean large) {
    long values = large ? ELEMENTS / 4 : ELEMENTS - ELEMENTS / 4;
    return values * VALUE_CHARS;
  }

  @Test
  void aFailingPipelineLeavesNothing() throws IOException {
    Pipeline pipeline = pipeline();
    groups(pipeline).apply("Fail", ParDo.of(new FailFn()));
    assertThatThrownBy(pipeline::run).hasMessageContaining("no more groups");
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  /** Every fourth value belongs to one key. */
  private static final class ValueFn extends DoFn<Long, KV<Long, String>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, String>> output) {
      long key = number % 4 == 0 ? 0 : 1 + number % KEYS;
      String value = String.format("%-" + VALUE_CHARS + "d", number);
      output.output(KV.of(key, value));
    }
  }

  /** The length of all values of a group, which is the same the second time. */
  private static final class LengthsFn extends DoFn<KV<Long, Iterable<String>>, KV<Boolean, Long>> {
    private static final long serialVersionUID = 1L;
    private final String folder;

    LengthsFn(String folder) {
      this.folder = folder;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<String>> group, OutputReceiver<KV<Boolean, Long>> output) {
      assertThat(SpillFolders.isOneIn(folder)).as("spill folder").isTrue();
      assertThat(length(group.getValue())).isEqualTo(length(group.getValue()));
      output.output(KV.of(group.getKey() == 0, length(group.getValue())));
    }

    private static long length(Iterable<String> values) {
      long length = 0;
      for (String each : values) {
        length += each.length();
      }
      return length;
    }
  }

  /** Takes a few groups, and then fails. */
  private static final class FailFn extends DoFn<KV<Long, Iterable<String>>, Void> {
    private static final long serialVersionUID = 1L;
    private int groups;

    @ProcessElement
    public void process() {
      if (groups++ == 20) {
        throw new IllegalStateException("no more groups");
      }
    }
  }
}
