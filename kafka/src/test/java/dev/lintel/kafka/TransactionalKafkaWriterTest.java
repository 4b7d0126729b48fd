package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.broker.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.kafka.KafkaIO.WriteRecords;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The sink against a real broker, through its contract: lives, crashes and zombies. */
class TransactionalKafkaWriterTest {
  private static final int PARTITIONS = 2;

  @TempDir static Path folder;
  private static KafkaBroker broker;

  private String job;
  private Topic topic;
  private WriteRecords<String, String> write;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = KafkaBroker.start(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopic(TestInfo test) throws Exception {
    job = test.getTestMethod().orElseThrow().getName();
    topic = Topic.create(broker, job, PARTITIONS);
    write = SinkLife.writeTo(broker, Map.of());
  }

  @Test
  void recordsAreSeenWhenTheyAreCommittedAndNotBefore() throws Exception {
    try (SinkLife life = begin(2)) {
      life.write(0, topic, "a", "b");
      life.write(1, topic, "c");
      List<byte[]> prepared = life.prepare();
      life.write(0, topic, "after the barrier");
      assertThat(prepared).hasSize(2);
      assertThat(topic.committed()).isEmpty();

      life.commit(prepared);
      List<byte[]> next = life.prepare();
      assertThat(next).as("slot 1 has written nothing").hasSize(1);
      life.commit(next);

      assertThat(topic.settled()).containsExactly("a", "after the barrier", "b", "c");
      assertThat(life.prepare()).isEmpty();
    }
  }

  @Test
  void severalCheckpointsMayBeCommittedAtOnce() throws Exception {
    try (SinkLife life = begin(1)) {
      List<byte[]> prepared = new ArrayList<>();
      for (String each : List.of("a", "b", "c")) {
        life.write(0, topic, each);
        prepared.addAll(life.prepare());
      }
      life.commit(prepared);

      assertThat(topic.settled()).containsExactly("a", "b", "c");
    }
  }

  @Test
  void whatWasPreparedIsCommittedByTheNextLife() throws Exception {
    SinkLife crashed = begin(2);
    crashed.write(0, topic, "a");
    crashed.write(1, topic, "b");
    List<byte[]> prepared = crashed.prepare();
    crashed.write(0, topic, "not in the checkpoint");

    try (SinkLife next = begin(2, prepared)) {
      assertThat(topic.settled()).containsExactly("a", "b");
      next.write(0, topic, "c");
      next.commit(next.prepare());
      assertThat(topic.settled()).containsExactly("a", "b", "c");
    } finally {
      crashed.close();
    }
  }

  @Test
  void whatWasNotPreparedIsAbortedByTheNextLife() throws Exception {
    SinkLife crashed = begin(1);
    crashed.write(0, topic, "a");
    crashed.commit(crashed.prepare());
    crashed.write(0, topic, "b");

    try (SinkLife next = begin(1)) {
      assertThat(topic.settled()).containsExactly("a");
      next.write(0, topic, "b, again");
      next.commit(next.prepare());
      assertThat(topic.settled()).containsExactly("a", "b, again");
    } finally {
      crashed.close();
    }
  }

  /**
   * The job was killed after the commit, and after the same producers had begun other transactions:
   * these must not be committed for the one that the checkpoint names.
   */
  @Test
  void aTransactionThatWasCommittedBeforeIsNotTakenForALaterOne() throws Exception {
    SinkLife crashed = begin(1);
    crashed.write(0, topic, "a");
    List<byte[]> prepared = crashed.prepare();
    crashed.commit(prepared);
    crashed.commit(prepared);
    crashed.write(0, topic, "later, by the same producer");
    assertThat(idOf(crashed.prepare())).isEqualTo(idOf(prepared));
    crashed.write(0, topic, "later still");

    try (SinkLife next = begin(1, prepared)) {
      assertThat(topic.settled()).containsExactly("a");
    }
    try (SinkLife third = begin(1, prepared)) {
      assertThat(topic.settled()).containsExactly("a");
    } finally {
      crashed.close();
    }
  }

  @Test
  void aZombieIsShutOutAndItsSuccessorUnharmed() throws Exception {
    SinkLife zombie = begin(1);
    zombie.write(0, topic, "a");
    List<byte[]> completed = zombie.prepare();
    zombie.write(0, topic, "b");

    try (SinkLife successor = begin(1, completed)) {
      successor.write(0, topic, "b, again");
      List<byte[]> prepared = successor.prepare();
      successor.write(0, topic, "c");

      assertThatThrownBy(
              () -> {
                zombie.write(0, topic, "d");
                zombie.prepare();
              })
          .isInstanceOf(FencedSinkException.class)
          .hasMessageContaining("a newer run of the same job has taken its place");
      assertThatThrownBy(() -> zombie.commit(completed)).isInstanceOf(FencedSinkException.class);
      zombie.close();

      successor.commit(prepared);
      successor.commit(successor.prepare());
      assertThat(topic.settled()).containsExactly("a", "b, again", "c");
    }
  }

  /** Its producers are idle: it must not win back their ids by beginning a transaction. */
  @Test
  void aZombieCannotBeginATransaction() throws Exception {
    SinkLife zombie = begin(1);
    zombie.write(0, topic, "a");
    zombie.commit(zombie.prepare());

    try (SinkLife successor = begin(1)) {
      successor.write(0, topic, "b");
      List<byte[]> prepared = successor.prepare();

      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(
                () -> {
                  zombie.write(0, topic, "c");
                  zombie.prepare();
                })
            .isInstanceOf(FencedSinkException.class);
      }
      zombie.close();

      successor.commit(prepared);
      assertThat(topic.settled()).containsExactly("a", "b");
    }
  }

  @Test
  void slotsThatNoLongerAreAreLookedAfter() throws Exception {
    SinkLife three = begin(3);
    for (int slot = 0; slot < 3; slot++) {
      three.write(slot, topic, "prepared by " + slot);
    }
    List<byte[]> prepared = three.prepare();
    for (int slot = 0; slot < 3; slot++) {
      three.write(slot, topic, "open in " + slot);
    }

    SinkLife one = begin(1, prepared);
    assertThat(topic.settled()).hasSize(3).allMatch(value -> value.startsWith("prepared"));
    one.write(0, topic, "prepared by one");
    List<byte[]> next = one.prepare();
    try (SinkLife two = begin(2, next)) {
      two.write(1, topic, "x");
      two.commit(two.prepare());
      assertThat(topic.settled())
          .containsExactly(
              "prepared by 0", "prepared by 1", "prepared by 2", "prepared by one", "x");
    } finally {
      one.close();
      three.close();
    }
  }

  @Test
  void aRenamedTransformCommitsWhatWasPreparedUnderItsOldName() throws Exception {
    SinkLife old = begin(1);
    old.write(0, topic, "a");
    List<byte[]> prepared = old.prepare();
    old.write(0, topic, "b");

    try (SinkLife renamed = SinkLife.begin(write, job + " renamed", 1, prepared)) {
      assertThat(topic.settled()).containsExactly("a");
    } finally {
      old.close();
    }
  }

  @Test
  void anOrderlyEndAbortsWhatIsOpenAndKeepsWhatIsPrepared() throws Exception {
    SinkLife first = begin(1);
    first.write(0, topic, "a");
    first.commit(first.prepare());
    first.write(0, topic, "b");
    topic.awaitOpen();
    first.close();
    assertThat(topic.settled()).containsExactly("a");

    SinkLife second = begin(1);
    second.write(0, topic, "c");
    List<byte[]> committed = second.prepare();
    second.commit(committed);
    second.write(0, topic, "d");
    second.close();
    SinkLife third = begin(1, committed);
    assertThat(topic.settled()).as("an abort of the same producer's").containsExactly("a", "c");

    third.write(0, topic, "e");
    List<byte[]> prepared = third.prepare();
    third.close();
    topic.awaitOpen();
    try (SinkLife fourth = begin(1, prepared)) {
      assertThat(topic.settled()).containsExactly("a", "c", "e");
    }
  }

  @Test
  void aTransactionThatTimedOutIsNotLostInSilence() throws Exception {
    WriteSettings settings = settings(write, 1_000, false);
    SinkLife crashed = SinkLife.begin(write, settings, job, 1, List.of());
    crashed.write(0, topic, "a");
    List<byte[]> prepared = crashed.prepare();
    assertThat(topic.settled()).as("after the time-out").isEmpty();

    assertThatThrownBy(() -> crashed.commit(prepared))
        .isInstanceOf(FencedSinkException.class)
        .hasMessageContaining("transaction.timeout.ms");
    crashed.close();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> SinkLife.begin(write, settings, job, 1, prepared))
          .isInstanceOf(LostTransactionException.class)
          .hasMessageContaining(idOf(prepared))
          .hasMessageContaining("--allowLostTransactions");
    }
    try (SinkLife next = SinkLife.begin(write, settings(write, 60_000, true), job, 1, prepared)) {
      next.write(0, topic, "b");
      next.commit(next.prepare());
      assertThat(topic.settled()).containsExactly("b");
    }
  }

  @Test
  void aBrokerThatGoesAwayBeforeTheCommitLosesNothing() throws Exception {
    try (SinkLife life = begin(1)) {
      life.write(0, topic, "a");
      List<byte[]> prepared = life.prepare();

      broker.kill();
      broker.restart();

      life.commit(prepared);
      life.write(0, topic, "b");
      life.commit(life.prepare());
      assertThat(topic.settled()).containsExactly("a", "b");
    }
  }

  @Test
  void noMoreTransactionsAreOpenedThanTheLimit() throws Exception {
    try (SinkLife life = begin(1)) {
      List<byte[]> prepared = new ArrayList<>();
      int limit = settings(write, 900_000, false).transactionsMax();
      for (int i = 0; i < limit; i++) {
        life.write(0, topic, "" + i);
        prepared.addAll(life.prepare());
      }
      assertThatThrownBy(() -> life.write(0, topic, "one more"))
          .hasMessageContaining("Expected at most " + limit + " transactions");
      life.commit(prepared);
      assertThat(topic.settled()).hasSize(limit);
    }
  }

  @Test
  void aRecordKeepsAllThatItHas() throws Exception {
    WriteRecords<String, String> timed =
        write.withPublishTimestampFunction((record, time) -> time.plus(1));
    try (SinkLife life = SinkLife.begin(timed, job, 1, List.of())) {
      ProducerRecord<String, String> full =
          new ProducerRecord<>(
              topic.name,
              1,
              77L,
              "key",
              "value",
              List.of(new RecordHeader("h", "x".getBytes(StandardCharsets.UTF_8))));
      life.write(0, full);
      full.headers().add("still mutable", new byte[0]);
      life.write(0, new ProducerRecord<>(topic.name, 0, null, null, "untimed"));
      life.commit(life.prepare());
      topic.settled();
    }

    List<ConsumerRecord<String, String>> records = topic.committedRecords();
    assertThat(records).hasSize(2);
    ConsumerRecord<String, String> untimed = records.get(records.get(0).partition());
    ConsumerRecord<String, String> full = records.get(records.get(1).partition());
    assertThat(untimed.key()).isNull();
    assertThat(untimed.timestamp()).isEqualTo(SinkLife.ELEMENT_TIME.getMillis() + 1);
    assertThat(full.key()).isEqualTo("key");
    assertThat(full.timestamp()).isEqualTo(77);
    assertThat(full.headers()).hasSize(1);
    assertThat(full.headers().lastHeader("h").value()).isEqualTo(new byte[] {'x'});
  }

  @Test
  void aFactorysProducerIsUsedAndMustBeKafkas() throws Exception {
    WriteRecords<String, String> made =
        write.withProducerFactoryFn(config -> new KafkaProducer<>(config));
    try (SinkLife life = SinkLife.begin(made, job, 1, List.of())) {
      life.write(0, topic, "a");
      life.commit(life.prepare());
      assertThat(topic.settled()).containsExactly("a");
    }
    WriteRecords<String, String> other =
        write.withProducerFactoryFn(
            config -> new org.apache.kafka.clients.producer.MockProducer<>());
    assertThatThrownBy(() -> SinkLife.begin(other, job, 1, List.of()))
        .hasMessageContaining("Expected withProducerFactoryFn to make a KafkaProducer");
  }

  private SinkLife begin(int slots) {
    return begin(slots, List.of());
  }

  private SinkLife begin(int slots, List<byte[]> restored) {
    return SinkLife.begin(write, job, slots, restored);
  }

  /** With a time-out that may be shorter than what is allowed. */
  private static WriteSettings settings(
      WriteRecords<String, String> write, int timeoutMillis, boolean allowLost) {
    WriteSettings settings = WriteSettings.of(write, SinkLife.CHECKPOINTS, allowLost);
    return new WriteSettings(
        settings.producerConfig(), timeoutMillis, settings.transactionsMax(), allowLost);
  }

  private static String idOf(List<byte[]> prepared) {
    assertThat(prepared).hasSize(1);
    return PreparedTransaction.fromBytes(prepared.get(0)).transactionalId();
  }
}
