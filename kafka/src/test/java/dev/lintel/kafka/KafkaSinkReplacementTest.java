package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.sink.SinkReplacement;
import dev.lintel.runner.sink.SinkReplacement.Checkpoints;
import dev.lintel.runner.sink.SinkReplacements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler.BadRecordErrorHandler;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Pipelines before they run: no broker is asked for anything. */
class KafkaSinkReplacementTest {
  private static final Checkpoints CHECKPOINTS = new Checkpoints(10_000, 600_000, 3);

  @Test
  void isFoundByTheRunner() {
    assertThat(ServiceLoader.load(SinkReplacement.class))
        .hasOnlyElementsOfType(KafkaSinkReplacement.class);
  }

  /** Nobody would hear of a failure in a job: what is loaded ahead need not be. */
  @Test
  void whatIsLoadedAheadIsInTheKafkaOnTheClassPath() {
    assertThatCode(new KafkaSinkReplacement()::loadAhead).doesNotThrowAnyException();
  }

  @Test
  void replacesEachWriterAndNothingElse() throws Exception {
    Pipeline pipeline = pipeline();
    PCollection<KV<String, String>> input = pipeline.apply(Create.of(KV.of("k", "v")));
    input.apply("WriteA", write(Map.of()));
    BadRecordErrorHandler<PCollection<String>> handler =
        pipeline.registerBadRecordErrorHandler(new Errors());
    try (handler) {
      input.apply("WriteB", write(Map.of()).withBadRecordErrorHandler(handler));
    }
    Map<String, String> before = fns(pipeline);

    SinkReplacements.apply(pipeline, CHECKPOINTS, false);

    Map<String, String> after = fns(pipeline);
    String ours = TransactionalKafkaWriter.class.getName();
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.values().stream().filter(ours::equals)).hasSize(2);
    after.values().removeIf(ours::equals);
    before.values().removeIf("org.apache.beam.sdk.io.kafka.KafkaWriter"::equals);
    assertThat(after).isEqualTo(before);
    assertThat(PipelineTranslation.toProto(pipeline).getComponents().getPcollectionsMap())
        .as("the records that can't be written still go their way")
        .isNotEmpty();

    Map<String, String> once = fns(pipeline);
    SinkReplacements.apply(pipeline, CHECKPOINTS, false);
    assertThat(fns(pipeline)).as("when it is run again").isEqualTo(once);
  }

  @Test
  void refusesWritesThatCannotBeExactlyOnceByName() {
    Pipeline pipeline = pipeline();
    PCollection<KV<String, String>> input = pipeline.apply(Create.of(KV.of("k", "v")));
    input.apply("WriteA", write(Map.of("acks", "0")));
    input.apply("WriteB", write(Map.of("transactional.id", "x")));
    input.apply("WriteC", write(Map.of()).withEOS(1, "group"));

    assertThatThrownBy(() -> SinkReplacements.apply(pipeline, CHECKPOINTS, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("acks to be all, but it is 0 (transform=WriteA/")
        .hasMessageContaining("but it is x (transform=WriteB/")
        .hasMessageContaining("withEOS()")
        .hasMessageContaining("(transform=WriteC/")
        .hasMessageEndingWith(
            "or set --exactlyOnceSinks=false, and records may be written more than once");
    assertThat(fns(pipeline).values()).doesNotContain(TransactionalKafkaWriter.class.getName());
  }

  private static Pipeline pipeline() {
    return Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=LintelRunner").create());
  }

  private static KafkaIO.Write<String, String> write(Map<String, Object> config) {
    return KafkaIO.<String, String>write()
        .withBootstrapServers("localhost:1")
        .withKeySerializer(StringSerializer.class)
        .withValueSerializer(StringSerializer.class)
        .withTopic("topic")
        .withProducerConfigUpdates(config);
  }

  /** The classes of the pipeline's DoFns by the names of their transforms. */
  private static Map<String, String> fns(Pipeline pipeline) {
    Map<String, String> fns = new TreeMap<>();
    List<Node> nodes = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(Node node) {
            nodes.add(node);
          }
        });
    for (Node each : nodes) {
      if (each.getTransform() instanceof ParDo.MultiOutput<?, ?> parDo) {
        fns.put(each.getFullName(), parDo.getFn().getClass().getName());
      }
    }
    return fns;
  }

  /** Takes errors as text. */
  private static final class Errors
      extends PTransform<PCollection<BadRecord>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<BadRecord> records) {
      return records
          .apply(MapElements.into(TypeDescriptors.strings()).via(Object::toString))
          .setCoder(StringUtf8Coder.of());
    }
  }
}
