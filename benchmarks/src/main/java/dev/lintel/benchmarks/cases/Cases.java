package dev.lintel.benchmarks.cases;

import dev.lintel.benchmarks.source.IndexedEvents.Mode;
import java.util.List;

/** The cases of this package, in the order of the tables. */
public final class Cases {
  private Cases() {}

  public static List<BenchmarkCase> all() {
    return List.of(
        new FusedParDos(),
        new CombinePerKey(),
        new GroupPerKey(),
        new StatefulTimers(),
        new WordCount(),
        new SessionWindows(Mode.BOUNDED),
        new SessionWindows(Mode.UNBOUNDED),
        new SideInputJoin(),
        new Trivial());
  }
}
