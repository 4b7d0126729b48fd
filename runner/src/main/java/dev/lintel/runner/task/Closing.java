package dev.lintel.runner.task;

import org.jspecify.annotations.Nullable;

/**
 * Closes several things, all of them even if some fail; the later failures are suppressed in the
 * first.
 */
public final class Closing {
  private @Nullable Throwable first;

  public Closing() {}

  /**
   * @param first what made closing necessary: failures to close are suppressed in it
   */
  public Closing(Throwable first) {
    this.first = first;
  }

  public void run(Runnable close) {
    try {
      close.run();
    } catch (RuntimeException | Error e) {
      if (first == null) {
        first = e;
      } else if (e != first) {
        first.addSuppressed(e);
      }
    }
  }

  /** The first failure; null if there was none. */
  public @Nullable Throwable first() {
    return first;
  }

  public void throwFirst() {
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
