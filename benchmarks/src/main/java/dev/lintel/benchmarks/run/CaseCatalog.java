package dev.lintel.benchmarks.run;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Cases;
import dev.lintel.benchmarks.kafka.KafkaCounts;
import dev.lintel.benchmarks.latency.WindowLatency;
import dev.lintel.benchmarks.nexmark.NexmarkCase;
import java.util.ArrayList;
import java.util.List;

/** Every case there is, by name. */
public final class CaseCatalog {
  private static final List<BenchmarkCase> ALL = all();

  private CaseCatalog() {}

  /** Each package of cases adds its own here. */
  private static List<BenchmarkCase> all() {
    List<BenchmarkCase> all = new ArrayList<>();
    all.addAll(Cases.all());
    all.addAll(KafkaCounts.all());
    all.addAll(WindowLatency.all());
    all.addAll(NexmarkCase.all());
    return List.copyOf(all);
  }

  public static List<BenchmarkCase> cases() {
    return ALL;
  }

  /**
   * @throws IllegalArgumentException if there is no case of that name
   */
  public static BenchmarkCase named(String name) {
    for (BenchmarkCase each : ALL) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "Expected one of "
            + ALL.stream().map(BenchmarkCase::name).toList()
            + ", but the case is "
            + name);
  }
}
