package dev.lintel.runner.exchange;

/**
 * Wakes a task's loop if it waits. May be called from any thread, and is cheap when the loop does
 * not wait.
 */
public interface Waker {
  void wake();
}
