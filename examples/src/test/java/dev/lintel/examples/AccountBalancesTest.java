package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.examples.AccountBalances.Mode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With a real broker and a real database, and a pipeline that is killed. */
class AccountBalancesTest {
  private static final long SEED = 20_261_121;
  private static final int TRANSFERS = 3_000;
  private static final int ACCOUNTS = 20;
  private static final int PARTITIONS = 3;
  private static final int KILLS = 2;
  private static final long TIMEOUT_NANOS = Duration.ofSeconds(120).toNanos();
  private static final long BETWEEN_QUERIES_NANOS = 20_000_000;

  @TempDir static Path folder;
  private static KafkaBroker broker;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void startBrokerAndDatabase() throws Exception {
    broker = KafkaBroker.start(folder.resolve("broker"));
    // Its server refuses to run as root: as that, it is started in a name space of its own.
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stopBrokerAndDatabase() throws Exception {
    postgres.close();
    broker.close();
  }

  /**
   * Each time it is started, the pipeline gets transfers that it has applied before: those after
   * its last checkpoint, or all of them where there is none.
   */
  @ParameterizedTest
  @EnumSource
  void eachTransferCountsOnceHoweverOftenThePipelineIsKilled(Mode mode) throws Exception {
    String database = "bank_" + mode;
    String url = createDatabase(database);
    Map<String, Long> expected = fillTopic(database);
    for (int kill = 1; kill <= KILLS; kill++) {
      try (PipelineProcess pipeline = start(database, url, mode)) {
        long progress = kill * TRANSFERS / 4;
        await(url, mode, pipeline, balances -> balances.progress >= progress);
      }
    }
    try (PipelineProcess pipeline = start(database, url, mode)) {
      Balances last = await(url, mode, pipeline, balances -> balances.cents.equals(expected));

      assertThat(last.cents).as("seed %d", SEED).isEqualTo(expected);
      assertThat(pipeline.isRunning()).as("runs until it is stopped").isTrue();
    }
  }

  /** As one that was stopped by a signal, or whose machine is asleep. */
  @Test
  void aProcessThatStandsStillInATransactionDoesNotLockItsSuccessorOut() throws Exception {
    AccountDatabase database = new AccountDatabase(createDatabase("bank_still"));
    database.createTables();
    try (Connection still = database.connect();
        Connection successor = database.connect()) {
      AccountDatabase.commit(
          still, connection -> change(connection, "insert into balances values ('a', 1)"));
      change(still, "update balances set cents = 2");

      AccountDatabase.commit(
          successor, connection -> change(connection, "update balances set cents = 3"));

      assertThatThrownBy(() -> change(still, "update balances set cents = 4"))
          .isInstanceOf(SQLException.class);
    }
  }

  private static void change(Connection connection, String statement) throws SQLException {
    try (Statement change = connection.createStatement()) {
      assertThat(change.executeUpdate(statement)).isOne();
    }
  }

  @Test
  void refusesADatabaseThatIsNotThere() {
    assertThatThrownBy(
            () ->
                AccountBalances.main(
                    new String[] {
                      TestedRunner.LINTEL.flag(),
                      "--inputTopic=t",
                      "--databaseUrl=" + postgres.getJdbcUrl("postgres", "missing")
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--databaseUrl")
        .hasMessageContaining("\"missing\" does not exist");
  }

  private static PipelineProcess start(String topic, String url, Mode mode) throws Exception {
    return PipelineProcess.start(
        TestedRunner.LINTEL,
        folder,
        AccountBalances.class,
        List.of(
            "--bootstrapServers=" + broker.bootstrapServers(),
            "--inputTopic=" + topic,
            "--databaseUrl=" + url,
            "--mode=" + mode,
            "--jobName=" + topic.replace('_', '-'),
            "--maxBundleSize=100",
            "--checkpointIntervalMillis=300",
            "--checkpointDir=" + folder.resolve("checkpoints")));
  }

  private static String createDatabase(String name) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    String url = postgres.getJdbcUrl("postgres", name);
    new AccountDatabase(url).createTables();
    return url;
  }

  /** Creates a topic, fills it, and returns the balances that are right. */
  private static Map<String, Long> fillTopic(String topic) throws Exception {
    broker.createTopic(topic, PARTITIONS);
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Long> balances = new TreeMap<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < TRANSFERS; i++) {
        Transfer transfer =
            new Transfer(
                "account-" + random.nextInt(ACCOUNTS),
                "account-" + random.nextInt(ACCOUNTS),
                random.nextInt(1, 10_000));
        balances.merge(transfer.from(), -transfer.cents(), Long::sum);
        balances.merge(transfer.to(), transfer.cents(), Long::sum);
        String text = transfer.from() + " " + transfer.to() + " " + transfer.cents();
        sent.add(producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, text)));
      }
      producer.flush();
      for (Future<?> each : sent) {
        each.get();
      }
    }
    return balances;
  }

  /**
   * What the database has.
   *
   * @param progress how many transfers, or halves of transfers, have been applied, about
   */
  private record Balances(Map<String, Long> cents, long progress) {}

  private interface Condition {
    boolean holds(Balances balances);
  }

  private static Balances await(
      String url, Mode mode, PipelineProcess pipeline, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    try (Connection connection = new AccountDatabase(url).connect()) {
      while (true) {
        Balances now = query(connection, mode);
        if (mode == Mode.offsets) {
          long sum = now.cents.values().stream().mapToLong(Long::longValue).sum();
          assertThat(sum).as("all of each transfer is seen, or nothing").isZero();
        }
        if (condition.holds(now)) {
          return now;
        }
        if (System.nanoTime() > deadline || !pipeline.isRunning()) {
          throw new AssertionError(
              "Expected other balances than " + now + "\n" + pipeline.output());
        }
        LockSupport.parkNanos(BETWEEN_QUERIES_NANOS);
      }
    }
  }

  private static Balances query(Connection connection, Mode mode) throws SQLException {
    Map<String, Long> cents = new TreeMap<>();
    long progress = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select account, cents, version from balances")) {
      while (rows.next()) {
        cents.put(rows.getString(1), rows.getLong(2));
        progress += mode == Mode.versions ? rows.getLong(3) : 0;
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet offsets =
            statement.executeQuery("select coalesce(sum(next_offset), 0) from applied_offsets")) {
      offsets.next();
      progress += offsets.getLong(1);
    }
    connection.commit();
    return new Balances(cents, progress);
  }
}
