package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.sink.TransactionalSink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The transactions of a {@link TransactionalSink} that are prepared and not committed. Each is a
 * part of every checkpoint until it is.
 *
 * <p><i>Ownership:</i> one operator. <i>Failure:</i> what the sink throws, as it is.
 */
final class SinkTransactions {
  private final TransactionalSink sink;
  private final TransactionalSink.Context context;
  private final boolean checkpointed;
  private final Deque<Prepared> prepared = new ArrayDeque<>();
  private List<byte[]> restored = List.of();

  private record Prepared(long checkpoint, byte[] transaction) {}

  SinkTransactions(TransactionalSink sink, String transform, OperatorContext context) {
    this.sink = sink;
    this.checkpointed = context.checkpointed();
    JobPlace place = context.place();
    this.context =
        new TransactionalSink.Context(place.jobId(), transform, place.slot(), place.slots());
  }

  /** Before {@link #begin}: what all slots have prepared for the job's checkpoint. */
  void restore(List<byte[]> transactions) {
    restored = transactions;
  }

  void begin() {
    sink.begin(context, restored);
    restored = List.of();
  }

  void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    for (byte[] transaction : sink.prepare()) {
      prepared.add(new Prepared(checkpoint, transaction));
    }
    for (Prepared each : prepared) {
      snapshot.part(each.transaction);
    }
  }

  void checkpointCompleted(long checkpoint) {
    Prepared next;
    while ((next = prepared.peek()) != null && next.checkpoint <= checkpoint) {
      sink.commit(next.transaction);
      prepared.remove();
    }
  }

  /** Without checkpoints, a bundle is what is committed. */
  void bundleCommitted() {
    if (!checkpointed) {
      sink.prepare().forEach(sink::commit);
    }
  }
}
