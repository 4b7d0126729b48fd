package dev.lintel.runner.clock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting for no event but time; for what happens rarely, never in a task. */
@FunctionalInterface
public interface Pause {
  void millis(long millis) throws InterruptedException;

  /** Parks the thread that calls. */
  static Pause parking() {
    return millis -> {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.parkNanos(left);
      }
    };
  }
}
