package dev.lintel.runner.clock;

/** The processing time, in milliseconds since the epoch. Thread-safe. */
@FunctionalInterface
public interface Clock {
  long millis();

  /** For durations: the nanoseconds since some moment, which no change of the date moves. */
  default long nanos() {
    return millis() * 1_000_000;
  }

  /** The machine's clock. */
  static Clock system() {
    return new Clock() {
      @Override
      public long millis() {
        return System.currentTimeMillis();
      }

      @Override
      public long nanos() {
        return System.nanoTime();
      }
    };
  }
}
