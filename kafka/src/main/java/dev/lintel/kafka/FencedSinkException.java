package dev.lintel.kafka;

import org.apache.kafka.clients.admin.TransactionDescription;

/**
 * Someone else has taken over what this sink writes to: a newer run of the job, or the broker,
 * whose patience with an open transaction has ended. Nothing that is not committed yet becomes
 * visible. The job goes back to its last checkpoint, if it is still the one that may.
 */
final class FencedSinkException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  FencedSinkException(String doing, String transactionalId, Throwable cause) {
    super(message(doing, transactionalId, cause), cause);
  }

  /**
   * @param found what the broker says of the id instead
   */
  FencedSinkException(String doing, String transactionalId, TransactionDescription found) {
    super(message(doing, transactionalId, found));
  }

  private static String message(String doing, String transactionalId, Object found) {
    return "Expected to be the only writer in the transactions "
        + transactionalId
        + " while "
        + doing
        + ", but this writer's time is over: a newer run of the same job has taken its place, or a"
        + " transaction was open for longer than its time-out (transaction.timeout.ms); the broker says: "
        + found;
  }
}
