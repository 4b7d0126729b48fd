package dev.lintel.kafka;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.runner.sink.SinkReplacement.Checkpoints;
import dev.lintel.runner.sink.TransactionalSink.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaIO.WriteRecords;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Instant;

/**
 * All slots of a sink in one life of a job, driven by hand as the runner drives them. A life that
 * is just left is a crash, or a zombie.
 */
final class SinkLife implements AutoCloseable {
  static final Checkpoints CHECKPOINTS = new Checkpoints(1_000, 60_000, 1);
  static final Instant ELEMENT_TIME = new Instant(1_234_567);

  final List<TransactionalKafkaWriter<String, String>> slots = new ArrayList<>();
  final BadRecords badRecords = new BadRecords();

  /**
   * Begins all slots.
   *
   * @param restored what the checkpoint has
   */
  static SinkLife begin(
      WriteRecords<String, String> write, String job, int slots, List<byte[]> restored) {
    return begin(write, WriteSettings.of(write, CHECKPOINTS, false), job, slots, restored);
  }

  static SinkLife begin(
      WriteRecords<String, String> write,
      WriteSettings settings,
      String job,
      int slots,
      List<byte[]> restored) {
    SinkLife life = new SinkLife();
    TransactionalKafkaWriter<String, String> writer =
        new TransactionalKafkaWriter<>(write, settings);
    for (int slot = 0; slot < slots; slot++) {
      TransactionalKafkaWriter<String, String> copy = SerializableUtils.clone(writer);
      life.slots.add(copy);
      try {
        copy.begin(new Context(job, "Write records", slot, slots), restored);
      } catch (RuntimeException e) {
        life.close();
        throw e;
      }
    }
    return life;
  }

  static WriteRecords<String, String> writeTo(KafkaBroker broker, Map<String, Object> config) {
    return KafkaIO.<String, String>writeRecords()
        .withBootstrapServers(broker.bootstrapServers())
        .withKeySerializer(StringSerializer.class)
        .withValueSerializer(StringSerializer.class)
        .withProducerConfigUpdates(config);
  }

  void write(int slot, Topic topic, String... values) throws Exception {
    for (String each : values) {
      write(slot, new ProducerRecord<>(topic.name, each));
    }
    slots.get(slot).finishBundle();
  }

  void write(int slot, ProducerRecord<String, String> record) throws Exception {
    slots.get(slot).process(record, ELEMENT_TIME, badRecords);
  }

  /** What a checkpoint would have of this sink, of all slots. */
  List<byte[]> prepare() {
    List<byte[]> prepared = new ArrayList<>();
    slots.forEach(slot -> prepared.addAll(slot.prepare()));
    return prepared;
  }

  /** Each slot commits its own. */
  void commit(List<byte[]> prepared) {
    for (byte[] each : prepared) {
      String id = PreparedTransaction.fromBytes(each).transactionalId();
      slots.get(TransactionalIds.caretaker(id, slots.size())).commit(each);
    }
  }

  @Override
  public void close() {
    slots.forEach(TransactionalKafkaWriter::teardown);
  }

  /** The records that could not be written. */
  static final class BadRecords implements MultiOutputReceiver, OutputReceiver<BadRecord> {
    final List<BadRecord> records = new ArrayList<>();

    @Override
    @SuppressWarnings("unchecked")
    public <T> OutputReceiver<T> get(TupleTag<T> tag) {
      return (OutputReceiver<T>) this;
    }

    @Override
    public <T> OutputReceiver<Row> getRowReceiver(TupleTag<T> tag) {
      throw new UnsupportedOperationException("Expected no rows");
    }

    @Override
    public void output(BadRecord record) {
      records.add(record);
    }

    @Override
    public OutputBuilder<BadRecord> builder(BadRecord value) {
      throw new UnsupportedOperationException("Expected plain output only");
    }
  }
}
