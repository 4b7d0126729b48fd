package dev.lintel.benchmarks.run;

import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import java.util.Arrays;
import java.util.Map;

/**
 * The course of one run, the same for every peer: a warm-up on a part of the elements in the same
 * JVM, again and again until its time is over, the measured run, the check of its result, and the
 * line that the driver reads.
 */
public final class MeasuredRun {
  /** A warm-up is for the JIT compiler: it has so much less to do. */
  private static final long WARM_UP_PART = 4;

  private MeasuredRun() {}

  /** The work of a peer. */
  public interface Workload {
    /**
     * Runs all of it.
     *
     * @return the seconds that count: from the call that starts it to its end
     */
    double run(RunArguments arguments, Work work) throws Exception;

    /** The next run is the measured one, and there have been others. */
    default void warmedUp(RunArguments arguments) {}

    /** Checks what came out, and returns how many facts were. */
    int check(RunArguments arguments, Work work);

    /** What throughput is told of. */
    default long elements(RunArguments arguments, Work work) {
      return work.elements();
    }

    /** Figures beside the throughput. */
    default Map<String, Double> measures(RunArguments arguments, Work work) {
      return Map.of();
    }
  }

  /** Ends the process: with 0 if the run was right, with 1 and a stack trace otherwise. */
  public static void main(String[] args, Workload workload) {
    ResultLine.started();
    int status = 1;
    try {
      measure(RunArguments.parse(Arrays.asList(args)), workload);
      status = 0;
    } catch (Throwable e) {
      ResultLine.failed(e);
    }
    // Some runners leave threads behind that are no daemons.
    System.exit(status);
  }

  /**
   * By time, not by work: the compiler has as long with a fast peer as with a slow one, instead of
   * being still at work in the measured run of the fast one.
   */
  private static void warmUp(RunArguments arguments, Workload workload, Work less)
      throws Exception {
    double seconds = 0;
    while (seconds < arguments.warmUpSeconds()) {
      Tally.clear();
      long start = System.nanoTime();
      workload.run(arguments, less);
      seconds += (System.nanoTime() - start) / 1e9;
      workload.check(arguments, less);
    }
    workload.warmedUp(arguments);
    // The measured run does not pay for the garbage of the warm-up.
    System.gc();
  }

  private static void measure(RunArguments arguments, Workload workload) throws Exception {
    Work work = arguments.work();
    Work less = work.withElements(Math.max(1, work.elements() / WARM_UP_PART));
    if (arguments.warmUpSeconds() > 0) {
      warmUp(arguments, workload, less);
    }
    ResultLine.measured();
    Tally.clear();
    double seconds = workload.run(arguments, work);
    // The check needs memory of its own.
    long peakKibibytes = ResultLine.readPeakKibibytes();
    int checks = workload.check(arguments, work);
    ResultLine line =
        new ResultLine(workload.elements(arguments, work), seconds, peakKibibytes, checks);
    line.print(workload.measures(arguments, work));
  }
}
