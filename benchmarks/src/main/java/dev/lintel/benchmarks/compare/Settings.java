package dev.lintel.benchmarks.compare;

import java.time.Duration;
import java.util.List;

/**
 * How runs are made.
 *
 * @param rounds measured runs of each peer
 * @param warmUpSeconds how long unmeasured runs of the same work are repeated before each, in its
 *     JVM; 0 for none
 * @param heap of every JVM, as -Xmx has it
 * @param limit a run that takes longer is ended, and tried again with less work
 * @param java the command that starts a JVM, and what stands before it
 * @param profile whether each run leaves a flight recording
 */
public record Settings(
    int rounds,
    int warmUpSeconds,
    String heap,
    Duration limit,
    List<String> java,
    boolean profile) {
  /** Long enough for the JIT compiler to be done with what is hot. */
  public static final int WARM_UP_SECONDS = 10;

  /** The warm-up, as the results tell of it. */
  public static String describeWarmUp(int seconds) {
    return seconds == 0 ? "no warm-up" : "a warm-up of at least " + seconds + " s in it";
  }
}
