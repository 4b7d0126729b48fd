package dev.lintel.kafka;

import java.util.List;

/**
 * Records that a checkpoint counts as written are lost: the broker has aborted the transactions
 * that they are in before these were committed. The job does not start; the message says what the
 * user can decide.
 */
final class LostTransactionException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LostTransactionException(String transform, List<PreparedTransaction> lost) {
    super(
        "Expected the transactions that were prepared for the checkpoint that is restored to be open or"
            + " committed, but the broker has aborted or forgotten "
            + lost
            + " (transform="
            + transform
            + "): the job was down for longer than their time-out (transaction.timeout.ms). Their records are"
            + " lost: the checkpoint counts them as written. Either start with"
            + " --allowLostTransactions=true, which goes on without them, or with --restore=previous,"
            + " which writes them again, together with what was committed of that checkpoint elsewhere");
  }
}
