package dev.lintel.benchmarks.compare;

import static dev.lintel.benchmarks.compare.Peer.LIMITS;
import static dev.lintel.benchmarks.compare.Peer.LINTEL;
import static dev.lintel.benchmarks.compare.Peer.LINTEL_ARCHIVE;
import static dev.lintel.benchmarks.compare.Peer.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every peer with its settings: parallelism 2 each, and their own best published ones. */
final class Peers {
  private static final String NATIVE = "dev.lintel.benchmarks.flink.NativeFlink";
  private static final String HAND_WRITTEN = "dev.lintel.benchmarks.limits.HandWritten";
  private static final String INTERVAL = "10000";
  private static final String IN_ARCHIVE = ", classes in an archive";

  /** Runs at 5 k elements a second on grouped input. */
  private static final long DIRECT_DIVISOR = 100;

  /** At 50 k: all of 10 M elements would take minutes. */
  private static final long STREAMING_DIVISOR = 4;

  private Peers() {}

  /** In the order of the tables. */
  static List<Peer> all() {
    List<Peer> all = new ArrayList<>();
    addLintel(all);
    addFlinkRunner(all);
    all.add(
        runner(
                "spark",
                "SparkRunner (local[2])",
                "spark",
                List.of("--runner=SparkRunner", "--sparkMaster=local[2]"))
            .onlyBounded());
    all.add(
        runner(
                "direct",
                "DirectRunner (enforcement off)",
                "direct",
                List.of(
                    "--runner=DirectRunner",
                    "--targetParallelism=2",
                    "--enforceImmutability=false",
                    "--enforceEncodability=false"))
            .startingWith(DIRECT_DIVISOR));
    addNativeFlink(all);
    addLimits(all);
    KafkaPeers.addTo(all);
    return List.copyOf(all);
  }

  private static void addLintel(List<Peer> all) {
    List<String> options = List.of("--runner=LintelRunner", "--parallelism=2");
    all.add(runner("lintel", "Lintel", LINTEL, options));
    all.add(
        runner(
                "lintel-checkpoints",
                "Lintel (checkpoints)",
                LINTEL,
                with(options, "--checkpointIntervalMillis=" + INTERVAL))
            .takingCheckpoints());
    all.add(
        runner("lintel-archive", "Lintel" + IN_ARCHIVE, LINTEL_ARCHIVE, options)
            .onlyFor(Set.of("startup")));
  }

  private static void addFlinkRunner(List<Peer> all) {
    List<String> batch =
        List.of("--runner=FlinkRunner", "--flinkMaster=[local]", "--parallelism=2");
    // With checkpoints on, Beam's sources wait forever unless told not to.
    List<String> streaming =
        with(
            batch,
            "--streaming",
            "--checkpointingInterval=" + INTERVAL,
            "--shutdownSourcesAfterIdleMs=0",
            "--stateBackendStoragePath={scratch}");
    addFlink(all, "flink-batch", "FlinkRunner batch", batch, false);
    addFlink(
        all,
        "flink-rocksdb",
        "FlinkRunner streaming, RocksDB",
        with(streaming, "--stateBackend=rocksdb"),
        true);
    addFlink(
        all,
        "flink-heap",
        "FlinkRunner streaming, heap",
        with(streaming, "--stateBackend=filesystem"),
        true);
  }

  /** As it comes, and tuned. */
  private static void addFlink(
      List<Peer> all, String name, String title, List<String> options, boolean streaming) {
    List<String> tuned =
        with(options, "--disableMetrics=true", "--objectReuse=true", "--fasterCopy=true");
    for (Peer each :
        List.of(
            runner(name, title, "flink", options),
            runner(name + "-tuned", title + ", tuned", "flink", tuned))) {
      all.add(
          streaming
              ? each.takingCheckpoints().startingWith(STREAMING_DIVISOR)
              : each.onlyBounded());
    }
  }

  private static void addNativeFlink(List<Peer> all) {
    for (String backend : List.of("rocksdb", "hashmap")) {
      all.add(
          new Peer(
              "native-" + backend,
              "Flink without Beam, " + backend,
              "flink-native",
              NATIVE,
              List.of("--backend=" + backend, "--interval=" + INTERVAL, "--scratch={scratch}"),
              Set.of("combine", "stateful"),
              true,
              true,
              1));
    }
  }

  private static void addLimits(List<Peer> all) {
    addLimit(all, "map", "HashMap loop", Set.of("pardo", "combine", "group", "stateful"));
    addLimit(all, "cache", "write-back cache loop", Set.of("combine", "stateful"));
    addLimit(all, "rocksdb", "RocksDB get-then-put loop", Set.of("combine", "stateful"));
    List<String> buildOnly = List.of("--buildOnly=true");
    Set<String> startUp = Set.of("startup");
    String title = "the pipeline is only built";
    all.add(runner("build-only", title, LINTEL, buildOnly).onlyFor(startUp));
    all.add(
        runner("build-only-archive", title + IN_ARCHIVE, LINTEL_ARCHIVE, buildOnly)
            .onlyFor(startUp));
  }

  private static void addLimit(List<Peer> all, String store, String title, Set<String> cases) {
    all.add(
        new Peer(
            "limit-" + store,
            "hand-written: " + title,
            LIMITS,
            HAND_WRITTEN,
            List.of("--store=" + store),
            cases,
            true,
            false,
            1));
  }

  private static List<String> with(List<String> options, String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }
}
