package dev.lintel.kafka;

import dev.lintel.runner.sink.TransactionalSink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.kafka.KafkaIO.WriteRecords;
import org.apache.beam.sdk.io.kafka.KafkaPublishTimestampFunction;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Lineage;
import org.apache.beam.sdk.metrics.SinkMetrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to Kafka as {@code KafkaIO} does, but in transactions that are committed with a
 * checkpoint: a consumer that reads committed records only sees each of them once, whatever
 * happens. It does not wait for the broker at the end of a bundle, but at barriers.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
final class TransactionalKafkaWriter<K, V> extends DoFn<ProducerRecord<K, V>, Void>
    implements TransactionalSink {
  private static final long serialVersionUID = 1L;

  private final WriteRecords<K, V> write;
  private final WriteSettings settings;
  private final Counter elementsWritten = SinkMetrics.elementsWritten();

  private transient @Nullable TransactionPool<K, V> transactions;
  private transient @Nullable String reportedTopic;

  TransactionalKafkaWriter(WriteRecords<K, V> write, WriteSettings settings) {
    this.write = write;
    this.settings = settings;
  }

  @Override
  public void begin(Context context, List<byte[]> restored) {
    TransactionPool<K, V> pool =
        new TransactionPool<>(
            new TransactionPool.Settings<>(
                new ConfiguredClients(),
                settings.transactionsMax(),
                settings.transactionTimeoutMillis(),
                settings.allowLostTransactions()),
            context);
    transactions = pool;
    pool.begin(restored.stream().map(PreparedTransaction::fromBytes).toList());
  }

  @ProcessElement
  public void process(
      @Element ProducerRecord<K, V> record, @Timestamp Instant time, MultiOutputReceiver outputs)
      throws Exception {
    TransactionPool<K, V> pool = begun();
    pool.checkSent();
    try {
      // A copy, as the producer makes the headers immutable.
      pool.open()
          .send(
              new ProducerRecord<>(
                  record.topic(),
                  record.partition(),
                  timestamp(record, time),
                  record.key(),
                  record.value(),
                  record.headers()));
      elementsWritten.inc();
      report(record.topic());
    } catch (SerializationException e) {
      write
          .getBadRecordRouter()
          .route(outputs, record, null, e, "Could not serialize a key or value for Kafka");
    }
  }

  private @Nullable Long timestamp(ProducerRecord<K, V> record, Instant time) {
    KafkaPublishTimestampFunction<ProducerRecord<K, V>> function =
        write.getPublishTimestampFunction();
    if (record.timestamp() != null || function == null) {
      return record.timestamp();
    }
    return function.getTimestamp(record, time).getMillis();
  }

  private void report(String topic) {
    if (!topic.equals(reportedTopic)) {
      String servers =
          String.valueOf(settings.producerConfig().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
      Lineage.getSinks().add("kafka", List.of(servers, topic));
      reportedTopic = topic;
    }
  }

  @FinishBundle
  public void finishBundle() {
    begun().checkSent();
  }

  @Override
  public List<byte[]> prepare() {
    PreparedTransaction prepared = begun().prepare();
    return prepared == null ? List.of() : List.of(prepared.toBytes());
  }

  @Override
  public void commit(byte[] prepared) {
    begun().commit(PreparedTransaction.fromBytes(prepared));
  }

  @Teardown
  public void teardown() {
    if (transactions != null) {
      transactions.close();
    }
  }

  private TransactionPool<K, V> begun() {
    if (transactions == null) {
      throw new IllegalStateException(
          "Expected begin() to be called before elements are written, but it was not");
    }
    return transactions;
  }

  /** Clients as {@code KafkaIO} would make them. */
  private final class ConfiguredClients implements TransactionPool.Clients<K, V> {
    @Override
    public KafkaProducer<K, V> producer(String transactionalId) {
      Map<String, Object> config = new HashMap<>(settings.producerConfig());
      config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
      if (write.getProducerFactoryFn() == null) {
        return new KafkaProducer<>(config);
      }
      Producer<K, V> made = write.getProducerFactoryFn().apply(config);
      if (made instanceof KafkaProducer<K, V> producer) {
        return producer;
      }
      made.close();
      throw new IllegalArgumentException(
          "Expected withProducerFactoryFn to make a KafkaProducer, whose transactions can be resumed, but"
              + " it made a "
              + made.getClass().getName()
              + ": set --exactlyOnceSinks=false to write through it");
    }

    @Override
    public BrokerTransactions transactions() {
      return new BrokerTransactions(settings.producerConfig());
    }
  }
}
