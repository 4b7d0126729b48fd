package dev.lintel.faults.subject;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.faults.outcome.Effects;
import dev.lintel.faults.process.PipelineProcess;
import dev.lintel.faults.process.PipelineProcess.Command;
import dev.lintel.faults.process.Place;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The {@code account-balances} example, as it is: transfers from Kafka change balances in
 * PostgreSQL. An account only gives or only takes, and each transfer is a billion and a bit: so a
 * balance tells how many transfers it has seen, and (by the bits) that these are the right ones.
 */
public final class DatabaseSubject implements Subject {
  private static final String MAIN = "dev.lintel.examples.AccountBalances";
  private static final String TRANSFERS = "transfers";
  private static final int PARTITIONS = 3;
  private static final int PER_SECOND = 250;
  private static final int ACCOUNTS = 20;
  private static final long UNIT_CENTS = 1_000_000_000;
  private static final long BIT_CENTS = 1_000;
  private static final long LOOK_MILLIS = 20;

  private final long seed;
  private final Launch launch;
  private final KafkaBroker broker;
  private final boolean versions;
  private final InputTopic input;
  private final EmbeddedPostgres postgres;
  private final Connection connection;
  private final Production production = new Production(this::send, PER_SECOND);

  /**
   * @param versions whether rows have versions; otherwise the database keeps offsets
   */
  public DatabaseSubject(long seed, Launch launch, KafkaBroker broker, boolean versions)
      throws Exception {
    this.seed = seed;
    this.launch = launch;
    this.broker = broker;
    this.versions = versions;
    broker.createTopic(TRANSFERS, PARTITIONS);
    this.input = new InputTopic(broker.bootstrapServers());
    this.postgres = EmbeddedPostgres.builder().start();
    this.connection = postgres.getPostgresDatabase().getConnection();
  }

  /** A transfer, made from the seed and its number. */
  private record Transfer(String from, String to, long cents) {
    static Transfer of(long seed, long id) {
      SplittableRandom random = new SplittableRandom(seed * 1_000_003 + id);
      return new Transfer(
          "giver-" + random.nextInt(ACCOUNTS),
          "taker-" + random.nextInt(ACCOUNTS),
          UNIT_CENTS + random.nextLong(BIT_CENTS));
    }
  }

  @Override
  public Command command() {
    return launch.command(
        MAIN,
        List.of(
            "--bootstrapServers=" + broker.bootstrapServers(),
            "--inputTopic=" + TRANSFERS,
            "--databaseUrl=" + postgres.getJdbcUrl("postgres", "postgres"),
            "--mode=" + (versions ? "versions" : "offsets")));
  }

  /** The example is not made to be halted; its checkpoints are. */
  @Override
  public List<Place> places() {
    return versions
        ? List.of(Place.UPLOADING, Place.BEFORE_DECISION, Place.AFTER_DECISION, Place.RESTORING)
        : List.of(Place.BEFORE_DECISION, Place.AFTER_DECISION);
  }

  @Override
  public void begin() {
    production.begin();
  }

  private void send(long id) {
    Transfer transfer = Transfer.of(seed, id);
    String text = transfer.from() + " " + transfer.to() + " " + transfer.cents();
    input.send(new ProducerRecord<>(TRANSFERS, (int) (id % PARTITIONS), null, text));
  }

  @Override
  public @Nullable Recovery awaitNewElement(PipelineProcess process, long millis) throws Exception {
    // What the database has more than this was not there when the process was started.
    long before = production.sent();
    return awaitApplied(process, millis, applied -> applied > before)
        ? new Recovery(process.ageMillis(), -1)
        : null;
  }

  private boolean awaitApplied(PipelineProcess process, long millis, LongPredicate enough)
      throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!enough.test(applied())) {
      if (System.nanoTime() > deadline || !process.staysAliveFor(LOOK_MILLIS)) {
        return false;
      }
    }
    return true;
  }

  /** How many transfers the database has, if each counts once. */
  private long applied() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet tables = statement.executeQuery("select to_regclass('applied_offsets')")) {
      tables.next();
      if (tables.getString(1) == null) {
        return 0;
      }
    }
    String query =
        versions
            ? "select coalesce(sum(version), 0) / 2 from balances"
            : "select coalesce(sum(next_offset), 0) from applied_offsets";
    try (Statement statement = connection.createStatement();
        ResultSet sum = statement.executeQuery(query)) {
      sum.next();
      return sum.getLong(1);
    }
  }

  @Override
  public void awaitAllDone(PipelineProcess process, long millis) throws Exception {
    production.end();
    input.flush();
    awaitApplied(process, millis, applied -> applied >= production.sent());
  }

  @Override
  public Effects.Comparison compare() throws SQLException {
    Map<String, Long> demanded = new TreeMap<>();
    for (long id = 0; id < production.sent(); id++) {
      Transfer transfer = Transfer.of(seed, id);
      demanded.merge(transfer.from(), -transfer.cents(), Long::sum);
      demanded.merge(transfer.to(), transfer.cents(), Long::sum);
    }
    return effects(demanded).compare(effects(balances()));
  }

  private Map<String, Long> balances() throws SQLException {
    Map<String, Long> balances = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select account, cents from balances")) {
      while (rows.next()) {
        balances.put(rows.getString(1), rows.getLong(2));
      }
    }
    return balances;
  }

  /** Each balance as transfers, of which there are many, and as what they come together to. */
  private static Effects effects(Map<String, Long> balances) {
    Effects effects = new Effects();
    balances.forEach(
        (account, cents) -> {
          long magnitude = Math.abs(cents);
          effects.add("transfer of " + account, magnitude / UNIT_CENTS);
          effects.add("bits of " + account + " are " + magnitude % UNIT_CENTS);
        });
    return effects;
  }

  @Override
  public void close() throws Exception {
    production.end();
    input.close();
    connection.close();
    postgres.close();
  }
}
