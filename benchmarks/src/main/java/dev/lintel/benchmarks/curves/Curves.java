package dev.lintel.benchmarks.curves;

import static dev.lintel.benchmarks.compare.Peer.LINTEL;

import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.compare.Peer;
import dev.lintel.benchmarks.curves.Curve.Axis;
import dev.lintel.benchmarks.curves.Curve.Measure;
import dev.lintel.benchmarks.curves.Curve.Point;
import dev.lintel.benchmarks.curves.Curve.Series;
import dev.lintel.benchmarks.curves.Curve.Slope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/** Every curve there is. */
final class Curves {
  private static final String HELD = "dev.lintel.benchmarks.held.HeldState";
  private static final String CHANGING = "dev.lintel.benchmarks.held.ChangingState";

  private static final String RUNNER = "--runner=LintelRunner";
  private static final String TWO = "--parallelism=2";

  /** On the state path also for bounded input: as often as in production. */
  private static final String CHECKPOINTS = "--checkpointIntervalMillis=10000";

  private static final String ELEMENTS_PER_SECOND = "elements per second";
  private static final long ELEMENTS = 10_000_000;
  private static final List<Long> KEYS =
      List.of(1_000L, 10_000L, 100_000L, 1_000_000L, 10_000_000L);
  private static final List<Long> BUNDLE_SIZES = List.of(1L, 10L, 100L, 1_000L, 10_000L);

  /** A bundle of one costs more than all else: fewer elements are enough. */
  private static final long ELEMENTS_PER_BUNDLE_SIZE = 500_000;

  private static final List<Long> HELD_KEYS = List.of(250_000L, 1_000_000L, 4_000_000L);
  private static final List<Long> STATE_MEGABYTES = List.of(10L, 100L, 1_000L);
  private static final long KEYS_PER_MEGABYTE = 1_000;

  private final long divisor;

  private Curves(long divisor) {
    this.divisor = divisor;
  }

  /**
   * In the order of the tables.
   *
   * @param divisor so many times fewer elements, keys and bytes
   */
  static List<Curve> all(long divisor) {
    Curves curves = new Curves(divisor);
    return List.of(
        curves.parallelism(),
        curves.keys(),
        curves.bundles(),
        curves.memory(),
        curves.checkpoints());
  }

  private Curve parallelism() {
    List<Long> slots = List.of(1L, 2L);
    Work pardo = Work.unkeyed(ELEMENTS).dividedBy(divisor);
    Work combine = Work.cyclic(ELEMENTS, ELEMENTS / 10).dividedBy(divisor);
    Work stateful = Work.cyclic(ELEMENTS, ELEMENTS / 100).dividedBy(divisor);
    return Curve.ofThroughput(
        "parallelism",
        "Throughput and parallelism",
        Axis.logarithmic("slots (--parallelism)"),
        Axis.linear(ELEMENTS_PER_SECOND),
        List.of(
            series("three fused ParDos", 0, false, slots, x -> slots("pardo", pardo, x)),
            series("combine, 1 M keys", 1, false, slots, x -> slots("combine", combine, x)),
            series(
                "combine, 1 M keys, checkpoints",
                1,
                true,
                slots,
                x -> slots("combine", combine, x, CHECKPOINTS)),
            series("stateful, 100 k keys", 2, false, slots, x -> slots("stateful", stateful, x)),
            series(
                "stateful, 100 k keys, checkpoints",
                2,
                true,
                slots,
                x -> slots("stateful", stateful, x, CHECKPOINTS))));
  }

  private Point slots(String caseName, Work work, long slots, String... more) {
    return point(slots, caseName, work, "--parallelism=" + slots, more);
  }

  private Curve keys() {
    long elements = ELEMENTS / divisor;
    List<Long> keys = KEYS.stream().filter(each -> each <= elements).toList();
    List<Series> series = new ArrayList<>();
    for (boolean zipf : List.of(false, true)) {
      String suffix = zipf ? ", Zipf" : ", cyclic";
      LongFunction<Work> work = x -> zipf ? Work.zipf(elements, x) : Work.cyclic(elements, x);
      series.add(
          series(
              "combine, bounded" + suffix,
              0,
              zipf,
              keys,
              x -> point(x, "combine", work.apply(x), TWO)));
      series.add(
          series(
              "combine, state" + suffix,
              1,
              zipf,
              keys,
              x -> point(x, "combine", work.apply(x), TWO, CHECKPOINTS)));
      series.add(
          series(
              "stateful, state" + suffix,
              2,
              zipf,
              keys,
              x -> point(x, "stateful", work.apply(x), TWO, CHECKPOINTS)));
    }
    return Curve.ofThroughput(
        "keys",
        "Throughput and number of keys (" + Scales.label(elements) + " elements)",
        Axis.logarithmic("keys"),
        Axis.logarithmic(ELEMENTS_PER_SECOND),
        List.copyOf(series));
  }

  private Curve bundles() {
    return Curve.ofThroughput(
        "bundles",
        "Throughput and bundle size",
        Axis.logarithmic("elements in a bundle (--maxBundleSize)"),
        Axis.logarithmic(ELEMENTS_PER_SECOND),
        List.of(
            series("three fused ParDos", 0, false, BUNDLE_SIZES, x -> bundles("pardo", 1, x)),
            series(
                "combine, 100 k keys, bounded",
                1,
                false,
                BUNDLE_SIZES,
                x -> bundles("combine", ELEMENTS / 100, x)),
            series(
                "combine, 100 k keys, state",
                1,
                true,
                BUNDLE_SIZES,
                x -> bundles("combine", ELEMENTS / 100, x, CHECKPOINTS)),
            series(
                "stateful, 100 k keys, state",
                2,
                false,
                BUNDLE_SIZES,
                x -> bundles("stateful", ELEMENTS / 100, x, CHECKPOINTS))));
  }

  private Point bundles(String caseName, long keys, long size, String... more) {
    long elements = Math.min(ELEMENTS, size * ELEMENTS_PER_BUNDLE_SIZE) / divisor;
    Work work =
        keys == 1 ? Work.unkeyed(elements) : Work.cyclic(elements, Math.max(1, keys / divisor));
    List<String> options = new ArrayList<>(List.of(more));
    options.add("--maxBundleSize=" + size);
    return point(size, caseName, work, TWO, options.toArray(new String[0]));
  }

  private Curve memory() {
    List<Series> series = new ArrayList<>();
    List<Slope> slopes = new ArrayList<>();
    int colour = 0;
    for (String backend : List.of("rocksdb", "heap")) {
      for (boolean timers : List.of(false, true)) {
        String name = backend + (timers ? ", a value and a timer" : ", a value");
        int ofBackend = colour;
        series.add(series(name, ofBackend, timers, heldKeys(), x -> held(backend, timers, x)));
      }
      String value = backend + ", a value";
      slopes.add(new Slope(backend + ": a key with a value", value, ""));
      slopes.add(new Slope(backend + ": a timer", value + " and a timer", value));
      colour++;
    }
    return new Curve(
        "memory",
        "Memory and number of keys",
        Axis.linear("keys"),
        List.of(
            new Measure("RSS MiB", "rss", Axis.linear("memory of the process (RSS), MiB")),
            new Measure("heap MiB", "heap", Axis.linear("reachable on the heap, MiB")),
            new Measure("outside heap MiB", "outside", Axis.linear("memory outside the heap, MiB")),
            new Measure("disk MiB", "disk", Axis.linear("state on disk, MiB"))),
        List.copyOf(series),
        List.copyOf(slopes),
        0,
        // So that the process gives back what the heap does not need.
        List.of("-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10"));
  }

  private List<Long> heldKeys() {
    return HELD_KEYS.stream().map(each -> each / divisor).toList();
  }

  private static Point held(String backend, boolean timers, long keys) {
    Work work = Work.cyclic(keys, keys);
    List<String> options =
        List.of(
            RUNNER,
            TWO,
            "--checkpointIntervalMillis=2000",
            "--stateBackend=" + backend,
            "--timers=" + timers);
    return new Point(keys, program(HELD, options), "memory", work);
  }

  private Curve checkpoints() {
    return new Curve(
        "checkpoints",
        "Checkpoints (one every 3 s) and size of the state",
        Axis.logarithmic("state, MB"),
        List.of(
            new Measure("pause ms", "pause", Axis.logarithmic("pause of processing, ms")),
            new Measure("duration ms", "duration", Axis.logarithmic("time to completion, ms")),
            new Measure("stored MiB", "stored", Axis.logarithmic("stored, MiB")),
            new Measure("changes", "changes", Axis.logarithmic("values written between two"))),
        List.of(
            series("1 % changed", 0, false, megabytes(), x -> changing("0.01", x)),
            series("all changed", 1, false, megabytes(), x -> changing("1", x))),
        List.of(),
        0,
        List.of());
  }

  private List<Long> megabytes() {
    return STATE_MEGABYTES.stream().map(each -> Math.max(1, each / divisor)).distinct().toList();
  }

  private static Point changing(String changed, long megabytes) {
    long keys = megabytes * KEYS_PER_MEGABYTE;
    List<String> options =
        List.of(
            RUNNER,
            TWO,
            "--checkpointIntervalMillis=3000",
            "--changeMillis=3000",
            "--changed=" + changed);
    return new Point(megabytes, program(CHANGING, options), "checkpoints", Work.cyclic(keys, keys));
  }

  private static Peer program(String main, List<String> options) {
    return new Peer("lintel", "Lintel", LINTEL, main, options, Set.of(), false, true, 1);
  }

  private static Point point(double x, String caseName, Work work, String slots, String... more) {
    List<String> options = new ArrayList<>(List.of(RUNNER, slots));
    options.addAll(List.of(more));
    return new Point(x, Peer.runner("lintel", "Lintel", LINTEL, options), caseName, work);
  }

  private static Series series(
      String name, int colour, boolean dashed, List<Long> xs, LongFunction<Point> at) {
    return new Series(name, colour, dashed, xs.stream().map(at::apply).toList());
  }
}
