package dev.lintel.examples;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the balance of each account in state, and writes it to the database with a version that
 * grows with every change of it. A row is replaced by one with a higher version only: so what a
 * restarted pipeline, or one that others take for dead, writes again changes nothing, in whatever
 * order it comes.
 *
 * <p>State counts each transfer once, by the runner's checkpoints; the database can be ahead of it
 * after a restart. A row then shows a balance that the account has had, until the pipeline has
 * caught up with its version.
 */
final class KeepBalances extends DoFn<KV<String, Long>, Void> {
  private static final long serialVersionUID = 1L;

  @StateId("cents")
  private final StateSpec<ValueState<Long>> centsSpec = StateSpecs.value();

  @StateId("version")
  private final StateSpec<ValueState<Long>> versionSpec = StateSpecs.value();

  private final AccountDatabase database;

  /** The last of each account in this bundle, in the order in which all bundles lock the rows. */
  private final TreeMap<String, Row> bundle = new TreeMap<>();

  private transient @Nullable Connection connection;

  KeepBalances(AccountDatabase database) {
    this.database = database;
  }

  private record Row(long cents, long version) {}

  @StartBundle
  public void startBundle() {
    bundle.clear();
  }

  @ProcessElement
  public void process(
      @Element KV<String, Long> posting,
      @StateId("cents") ValueState<Long> cents,
      @StateId("version") ValueState<Long> version) {
    Row row = new Row(orZero(cents.read()) + posting.getValue(), orZero(version.read()) + 1);
    cents.write(row.cents());
    version.write(row.version());
    bundle.put(posting.getKey(), row);
  }

  private static long orZero(@Nullable Long value) {
    return value == null ? 0 : value;
  }

  @FinishBundle
  public void finishBundle() throws SQLException {
    if (connection == null) {
      connection = database.connect();
    }
    AccountDatabase.commit(connection, this::write);
  }

  private void write(Connection connection) throws SQLException {
    try (PreparedStatement write =
        connection.prepareStatement(
            "insert into balances (account, cents, version) values (?, ?, ?) on conflict (account)"
                + " do update set cents = excluded.cents, version = excluded.version"
                + " where balances.version < excluded.version")) {
      for (Map.Entry<String, Row> each : bundle.entrySet()) {
        write.setString(1, each.getKey());
        write.setLong(2, each.getValue().cents());
        write.setLong(3, each.getValue().version());
        write.addBatch();
      }
      write.executeBatch();
    }
  }

  @Teardown
  public void teardown() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }

  /** What a transfer does to each of its accounts. */
  static final class IntoPostings extends DoFn<KafkaRecord<String, String>, KV<String, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KafkaRecord<String, String> record, OutputReceiver<KV<String, Long>> postings) {
      Transfer transfer = Transfer.parse(record.getKV().getValue());
      postings.output(KV.of(transfer.from(), -transfer.cents()));
      postings.output(KV.of(transfer.to(), transfer.cents()));
    }
  }
}
