package dev.lintel.runner.clock;

/** The processing time, in milliseconds since the epoch. Thread-safe. */
@FunctionalInterface
public interface Clock {
  long millis();

  /** The machine's clock. */
  static Clock system() {
    return System::currentTimeMillis;
  }
}
