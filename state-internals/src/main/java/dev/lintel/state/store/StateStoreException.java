package dev.lintel.state.store;

/**
 * The state store could not read or write: a full disk, a broken file, a directory that another
 * process holds. The job fails with it; after the cause is removed the job can be started again
 * from its last checkpoint.
 */
public final class StateStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
