package dev.lintel.kafka;

import dev.lintel.runner.sink.SinkReplacement.Checkpoints;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO.WriteRecords;
import org.apache.beam.sdk.runners.AppliedPTransform;
import org.apache.beam.sdk.runners.PTransformOverride;
import org.apache.beam.sdk.runners.PTransformOverrideFactory;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PTransformReplacements;
import org.apache.beam.sdk.util.construction.ReplacementOutputs;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plain Kafka writes of a pipeline. Only the DoFn inside a write is replaced: all around it
 * (the names, the way of records that can't be serialized) stays as {@code KafkaIO} has made it.
 */
final class KafkaWrites {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaWrites.class);

  /** Beam's writer; it is not public. */
  private static final String WRITER = "org.apache.beam.sdk.io.kafka.KafkaWriter";

  /** By the full name of the transform that holds the writer. */
  private final Map<String, TransactionalKafkaWriter<?, ?>> writers;

  private KafkaWrites(Map<String, TransactionalKafkaWriter<?, ?>> writers) {
    this.writers = writers;
  }

  /**
   * @throws IllegalArgumentException naming each write that can't be exactly-once, and why
   */
  static KafkaWrites find(Pipeline pipeline, Checkpoints checkpoints, boolean allowLost) {
    Map<String, TransactionalKafkaWriter<?, ?>> writers = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(Node node) {
            if (node.getTransform() instanceof WriteRecords<?, ?> write && write.isEOS()) {
              add(node, write);
            }
            return CompositeBehavior.ENTER_TRANSFORM;
          }

          @Override
          public void visitPrimitiveTransform(Node node) {
            if (isWriter(node.getTransform())
                && node.getEnclosingNode().getTransform() instanceof WriteRecords<?, ?> write) {
              add(node, write);
            }
          }

          private void add(Node node, WriteRecords<?, ?> write) {
            try {
              WriteSettings settings = WriteSettings.of(write, checkpoints, allowLost);
              writers.put(node.getFullName(), new TransactionalKafkaWriter<>(write, settings));
            } catch (IllegalArgumentException e) {
              problems.add(e.getMessage() + " (transform=" + node.getFullName() + ")");
            }
          }
        });
    if (!problems.isEmpty()) {
      problems.add("or set --exactlyOnceSinks=false, and records may be written more than once");
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    if (!writers.isEmpty()) {
      // Fails if the client on the class path is not one that can do it.
      new ProducerInternals();
    }
    return new KafkaWrites(writers);
  }

  private static boolean isWriter(PTransform<?, ?> transform) {
    return transform instanceof ParDo.MultiOutput<?, ?> parDo
        && parDo.getFn().getClass().getName().equals(WRITER);
  }

  List<PTransformOverride> replacements() {
    return List.of(
        PTransformOverride.of(
            applied ->
                isWriter(applied.getTransform()) && writers.containsKey(applied.getFullName()),
            new Factory<>()));
  }

  /** Gives a ParDo of our writer, with the tags of the ParDo of Beam's. */
  private final class Factory<K, V>
      implements PTransformOverrideFactory<
          PCollection<? extends ProducerRecord<K, V>>,
          PCollectionTuple,
          ParDo.MultiOutput<ProducerRecord<K, V>, Void>> {
    @Override
    public PTransformReplacement<PCollection<? extends ProducerRecord<K, V>>, PCollectionTuple>
        getReplacementTransform(
            AppliedPTransform<
                    PCollection<? extends ProducerRecord<K, V>>,
                    PCollectionTuple,
                    ParDo.MultiOutput<ProducerRecord<K, V>, Void>>
                applied) {
      LOG.info(
          "Writing to Kafka exactly once, in transactions that are committed with each checkpoint:"
              + " {} (--exactlyOnceSinks)",
          applied.getFullName());
      @SuppressWarnings("unchecked")
      TransactionalKafkaWriter<K, V> writer =
          (TransactionalKafkaWriter<K, V>) writers.get(applied.getFullName());
      ParDo.MultiOutput<ProducerRecord<K, V>, Void> original = applied.getTransform();
      return PTransformReplacement.of(
          PTransformReplacements.getSingletonMainInput(applied),
          ParDo.of(writer)
              .withOutputTags(original.getMainOutputTag(), original.getAdditionalOutputTags()));
    }

    @Override
    public Map<PCollection<?>, ReplacementOutput> mapOutputs(
        Map<TupleTag<?>, PCollection<?>> outputs, PCollectionTuple newOutput) {
      return ReplacementOutputs.tagged(outputs, newOutput);
    }
  }
}
