package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import java.util.List;
import java.util.Set;

/**
 * One runner with certain settings, or another program that does the same work.
 *
 * @param name on the command line, such as "flink-batch"
 * @param title in the tables
 * @param classPath where its class path comes from: the name of a folder in {@code
 *     benchmarks/peers}, or one of the reactor's own
 * @param program the main class of a run
 * @param options after the arguments of the run; {@code {scratch}} stands for a folder of the run
 * @param cases the cases it can run; empty: all that fit the other components
 * @param boundedOnly whether it can't read unbounded sources
 * @param checkpoints whether it takes a checkpoint every 10 seconds
 * @param divisor what it is known to be too slow for: its runs begin with so many times less
 */
public record Peer(
    String name,
    String title,
    String classPath,
    String program,
    List<String> options,
    Set<String> cases,
    boolean boundedOnly,
    boolean checkpoints,
    long divisor) {

  /** The class path of Lintel, as the reactor has compiled it. */
  public static final String LINTEL = "(lintel)";

  /** The same as jars, whose classes the JVM has in an archive. */
  static final String LINTEL_ARCHIVE = "(lintel-archive)";

  /** The same with KafkaIO, and Lintel's sink for it. */
  static final String LINTEL_KAFKA = "(lintel-kafka)";

  /** That of the module benchmarks alone. */
  public static final String LIMITS = "(limits)";

  private static final String CASE_RUN = "dev.lintel.benchmarks.run.CaseRun";

  /** A Beam runner that runs every case. */
  public static Peer runner(String name, String title, String classPath, List<String> options) {
    return new Peer(name, title, classPath, CASE_RUN, options, Set.of(), false, false, 1);
  }

  /** Runs no other cases than these. */
  Peer onlyFor(Set<String> names) {
    return new Peer(
        name, title, classPath, program, options, names, boundedOnly, checkpoints, divisor);
  }

  Peer takingCheckpoints() {
    return new Peer(name, title, classPath, program, options, cases, boundedOnly, true, divisor);
  }

  Peer onlyBounded() {
    return new Peer(name, title, classPath, program, options, cases, true, checkpoints, divisor);
  }

  Peer startingWith(long part) {
    return new Peer(
        name, title, classPath, program, options, cases, boundedOnly, checkpoints, part);
  }

  boolean runs(BenchmarkCase benchmark) {
    return (cases.isEmpty() ? !benchmark.needsBroker() : cases.contains(benchmark.name()))
        && !(boundedOnly && benchmark.unbounded());
  }

  /** Whether its JVM starts with an archive of classes: see {@link ClassArchives}. */
  boolean fromArchive() {
    return classPath.equals(LINTEL_ARCHIVE);
  }

  /** Whether it is what the others are compared with, and not only on the same class path. */
  boolean isLintel() {
    return name.startsWith("lintel");
  }
}
