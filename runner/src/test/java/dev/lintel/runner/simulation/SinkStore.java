package dev.lintel.runner.simulation;

import dev.lintel.runner.simulation.Element.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An external system with transactions that outlive the process that prepared them. */
final class SinkStore {
  private final World world;
  private final String name;
  private final Map<Integer, Transaction> transactions = new LinkedHashMap<>();
  private final List<Row> committed = new ArrayList<>();
  private int newestProcess;

  private enum State {
    OPEN,
    PREPARED,
    COMMITTED,
    ABORTED
  }

  private static final class Transaction {
    final int id;
    final int slot;
    final SimulatedProcess process;
    final List<Row> rows = new ArrayList<>();
    State state = State.OPEN;
    int decisionsWhenPrepared;

    Transaction(int id, int slot, SimulatedProcess process) {
      this.id = id;
      this.slot = slot;
      this.process = process;
    }
  }

  SinkStore(World world, String name) {
    this.world = world;
    this.name = name;
  }

  /**
   * What is a slot's to look after, and was not prepared for the checkpoint, is aborted; the rest
   * is committed. Processes that have been succeeded get no say.
   */
  void begin(int slot, int slots, Set<Integer> restored) {
    SimulatedProcess process = world.running();
    if (process.index() < newestProcess) {
      throw new IllegalStateException("fenced by the sink");
    }
    newestProcess = process.index();
    for (Transaction each : transactions.values()) {
      if (each.slot % slots == slot) {
        if (restored.contains(each.id)) {
          makeVisible(each, "which a checkpoint has that the job goes on from");
        } else if (each.state == State.OPEN || each.state == State.PREPARED) {
          each.state = State.ABORTED;
        }
      }
    }
  }

  int open(int slot) {
    int id = transactions.size() + 1;
    transactions.put(id, new Transaction(id, slot, world.running()));
    return id;
  }

  void write(int id, Row row) {
    transaction(id, State.OPEN).rows.add(row);
  }

  void prepare(int id) {
    Transaction transaction = transaction(id, State.OPEN);
    transaction.state = State.PREPARED;
    transaction.decisionsWhenPrepared = transaction.process.decisions();
  }

  void commit(int id) {
    Transaction transaction = transactions.get(id);
    if (transaction.process.decisions() == transaction.decisionsWhenPrepared) {
      world.violate("Expected no commit before a checkpoint is durable, but one of " + id);
    }
    makeVisible(transaction, "whose checkpoint is complete");
  }

  private void makeVisible(Transaction transaction, String why) {
    if (transaction.state == State.PREPARED) {
      transaction.state = State.COMMITTED;
      committed.addAll(transaction.rows);
    } else if (transaction.state != State.COMMITTED) {
      world.violate(
          ("Expected the transaction " + transaction.id + " of " + name + ", " + why)
              + (", to be prepared, but it is " + transaction.state));
    }
  }

  private Transaction transaction(int id, State expected) {
    Transaction transaction = transactions.get(id);
    if (transaction.state != expected) {
      // As a broker answers a producer that has been fenced.
      throw new IllegalStateException("The transaction " + id + " is " + transaction.state);
    }
    return transaction;
  }

  List<Row> rows() {
    return committed;
  }
}
