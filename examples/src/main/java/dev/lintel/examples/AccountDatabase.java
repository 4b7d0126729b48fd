package dev.lintel.examples;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Where the balances are.
 *
 * @param url has all that is needed to connect
 */
record AccountDatabase(String url) implements Serializable {
  /** A process that stands still within a transaction locks its successor out for so long. */
  private static final String STANDS_STILL_AT_MOST = "5s";

  /**
   * A connection without a transaction; the first statement begins one. The database ends it when
   * nothing is heard within a transaction for some seconds.
   */
  Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set idle_in_transaction_session_timeout = '" + STANDS_STILL_AT_MOST + "'");
    }
    connection.setAutoCommit(false);
    return connection;
  }

  /**
   * @throws IllegalArgumentException if the database can't be reached or written
   */
  void createTables() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists balances ("
              + "account text primary key, cents bigint not null, version bigint not null default 0)");
      statement.execute(
          "create table if not exists applied_offsets (topic text, partition int,"
              + " next_offset bigint not null, primary key (topic, partition))");
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "Expected a PostgreSQL database that can be written at --databaseUrl, but: "
              + e.getMessage(),
          e);
    }
  }

  /** A bundle's work, as one transaction. */
  interface Work {
    void in(Connection connection) throws SQLException;
  }

  /** Does a bundle's work: all of it, or nothing. */
  static void commit(Connection connection, Work work) throws SQLException {
    try {
      work.in(connection);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }
}
