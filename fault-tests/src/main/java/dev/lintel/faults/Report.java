package dev.lintel.faults;

import dev.lintel.faults.fault.Fault;
import dev.lintel.faults.outcome.Effects.Comparison;
import dev.lintel.faults.process.PipelineProcess;
import dev.lintel.faults.subject.Subject.Recovery;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has been done, and what came of it.
 *
 * <p><i>Ownership:</i> one thread.
 */
final class Report {
  private final PrintStream out;
  private final Map<String, Integer> faults = new TreeMap<>();
  private final List<Long> recoveries = new ArrayList<>();
  private final List<Long> cpu = new ArrayList<>();
  private final List<Long> takeovers = new ArrayList<>();
  private int done;
  private int kills;
  private int refused;
  private int fenced;
  private boolean isPrepared;
  private @Nullable PipelineProcess working;
  private @Nullable PipelineProcess successor;

  Report(PrintStream out) {
    this.out = out;
  }

  void killed() {
    kills++;
  }

  int kills() {
    return kills;
  }

  void refused() {
    refused++;
  }

  void fenced() {
    fenced++;
  }

  /** It waits for the lease of a process that stands still. */
  void takesOver(PipelineProcess process) {
    successor = process;
  }

  boolean isWorking(PipelineProcess process) {
    return process.equals(working);
  }

  /** From now on processes start as they do in production: so long does a recovery take. */
  void prepared() {
    isPrepared = true;
  }

  /** A process has got to a new element. */
  void working(PipelineProcess process, Recovery recovery) {
    working = process;
    if (isPrepared) {
      (process.equals(successor) ? takeovers : recoveries).add(recovery.millis());
      if (recovery.cpuMillis() >= 0) {
        cpu.add(recovery.cpuMillis());
      }
    }
  }

  void done(Fault fault) {
    done++;
    faults.merge(fault.toString(), 1, Integer::sum);
    String last =
        recoveries.isEmpty()
            ? ""
            : ", last recovery " + recoveries.get(recoveries.size() - 1) + " ms";
    out.println(done + " " + fault + last);
  }

  /** Ends with the line that scripts read. */
  void print(Comparison outcome) {
    faults.forEach((fault, times) -> out.printf("%-28s %d%n", fault, times));
    out.println(
        "zombies fenced="
            + fenced
            + " takeoverMillis (lease included) "
            + percentiles(takeovers)
            + "; CPU millis of a recovery "
            + percentiles(cpu)
            + "; effects demanded="
            + outcome.demanded());
    outcome.lostNames().forEach(each -> out.println("lost: " + each));
    outcome.duplicatedNames().forEach(each -> out.println("duplicated: " + each));
    out.println(
        "kills="
            + kills
            + " lost="
            + outcome.lost()
            + " duplicated="
            + outcome.duplicated()
            + " refused="
            + refused
            + " recoveryMillis "
            + percentiles(recoveries));
  }

  private static String percentiles(List<Long> millis) {
    if (millis.isEmpty()) {
      return "p50=- p99=-";
    }
    List<Long> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    return "p50=" + percentile(sorted, 50) + " p99=" + percentile(sorted, 99);
  }

  private static long percentile(List<Long> sorted, int percent) {
    int rank = (int) Math.ceil(sorted.size() * percent / 100.0);
    return sorted.get(Math.max(1, rank) - 1);
  }
}
