package dev.lintel.runner.task;

import org.jspecify.annotations.Nullable;

/**
 * Closes several things, all of them even if some fail; the later failures are suppressed in the
 * first.
 */
final class Closing {
  private @Nullable Throwable first;

  void run(Runnable close) {
    try {
      close.run();
    } catch (RuntimeException | Error e) {
      if (first == null) {
        first = e;
      } else {
        first.addSuppressed(e);
      }
    }
  }

  void throwFirst() {
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
