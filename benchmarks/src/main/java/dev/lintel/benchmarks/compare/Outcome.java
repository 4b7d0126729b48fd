package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.run.ResultLine;
import java.util.Map;

/** How one run ended. */
sealed interface Outcome {

  /**
   * With the right result.
   *
   * @param measures what the case measures beside the throughput, by name
   * @param runningSeconds from the start of the process to the pipeline's first element; 0 if it
   *     did not tell
   * @param processSeconds from the start of the process to its exit
   */
  record Measured(
      ResultLine result, Map<String, Double> measures, double runningSeconds, double processSeconds)
      implements Outcome {
    double throughput() {
      return result.elements() / result.seconds();
    }
  }

  /** Not within the limit. */
  record TooSlow(double limitSeconds) implements Outcome {}

  /** With an error or a wrong result. */
  record Failed(String reason) implements Outcome {}
}
