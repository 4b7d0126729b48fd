package dev.lintel.examples;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.transforms.DoFn;
import org.jspecify.annotations.Nullable;

/**
 * Applies transfers to the balances in the database, a bundle in each transaction, which also moves
 * the offset up to which each partition of the topic has been applied.
 *
 * <p>A transfer that comes again, after a restart or by a process that others take for dead, has an
 * offset that has been applied, and is skipped. That takes no help from the runner but this: the
 * records of a partition come in their order, as they do when this DoFn follows the source at once.
 * The row of the partition is locked first, so that two processes can't apply the same records.
 */
final class ApplyTransfers extends DoFn<KafkaRecord<String, String>, Void> {
  private static final long serialVersionUID = 1L;

  private final AccountDatabase database;

  /** The records of the bundle, by partition, each in its order. */
  private final TreeMap<Partition, List<KafkaRecord<String, String>>> bundle = new TreeMap<>();

  private transient @Nullable Connection connection;

  ApplyTransfers(AccountDatabase database) {
    this.database = database;
  }

  private record Partition(String topic, int number) implements Comparable<Partition> {
    @Override
    public int compareTo(Partition other) {
      int byTopic = topic.compareTo(other.topic);
      return byTopic != 0 ? byTopic : Integer.compare(number, other.number);
    }
  }

  @StartBundle
  public void startBundle() {
    bundle.clear();
  }

  @ProcessElement
  public void process(@Element KafkaRecord<String, String> record) {
    bundle
        .computeIfAbsent(
            new Partition(record.getTopic(), record.getPartition()), p -> new ArrayList<>())
        .add(record);
  }

  @FinishBundle
  public void finishBundle() throws SQLException {
    if (connection == null) {
      connection = database.connect();
    }
    AccountDatabase.commit(connection, this::apply);
  }

  /**
   * In the order of the partitions, then of the accounts: so two of these never lock each other.
   */
  private void apply(Connection connection) throws SQLException {
    Map<String, Long> changes = new TreeMap<>();
    for (Map.Entry<Partition, List<KafkaRecord<String, String>>> each : bundle.entrySet()) {
      long next = lockOffset(connection, each.getKey());
      for (KafkaRecord<String, String> record : each.getValue()) {
        if (record.getOffset() >= next) {
          Transfer transfer = Transfer.parse(record.getKV().getValue());
          changes.merge(transfer.from(), -transfer.cents(), Long::sum);
          changes.merge(transfer.to(), transfer.cents(), Long::sum);
          next = record.getOffset() + 1;
        }
      }
      moveOffset(connection, each.getKey(), next);
    }
    try (PreparedStatement change =
        connection.prepareStatement(
            "insert into balances (account, cents, version) values (?, ?, 1) on conflict (account)"
                + " do update set cents = balances.cents + excluded.cents,"
                + " version = balances.version + 1")) {
      for (Map.Entry<String, Long> each : changes.entrySet()) {
        change.setString(1, each.getKey());
        change.setLong(2, each.getValue());
        change.addBatch();
      }
      change.executeBatch();
    }
  }

  private static long lockOffset(Connection connection, Partition partition) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "insert into applied_offsets values (?, ?, 0) on conflict do nothing");
        PreparedStatement select =
            connection.prepareStatement(
                "select next_offset from applied_offsets where topic = ? and partition = ?"
                    + " for update")) {
      insert.setString(1, partition.topic());
      insert.setInt(2, partition.number());
      insert.execute();
      select.setString(1, partition.topic());
      select.setInt(2, partition.number());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void moveOffset(Connection connection, Partition partition, long next)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update applied_offsets set next_offset = ? where topic = ? and partition = ?")) {
      update.setLong(1, next);
      update.setString(2, partition.topic());
      update.setInt(3, partition.number());
      update.execute();
    }
  }

  @Teardown
  public void teardown() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }
}
