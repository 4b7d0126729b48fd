package dev.lintel.benchmarks.compare;

import static dev.lintel.benchmarks.compare.Peer.LINTEL_KAFKA;
import static dev.lintel.benchmarks.compare.Peer.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Who runs the cases with Kafka: each exactly-once, where readers see what is committed, and at
 * least once, where they see all that is written.
 */
final class KafkaPeers {
  private static final Set<String> CASES = Set.of("kafka", "kafka-latency");
  private static final String STREAMS = "dev.lintel.benchmarks.streams.StreamsCounts";
  private static final String READ_COMMITTED = "--readCommitted=true";

  private KafkaPeers() {}

  static void addTo(List<Peer> all) {
    addLintel(all);
    addFlinkRunner(all);
    addStreams(all);
  }

  private static void addLintel(List<Peer> all) {
    for (String interval : List.of("10000", "100", "50")) {
      all.add(
          lintel(
              "lintel-kafka-" + interval,
              "Lintel, exactly-once, committed every " + interval + " ms",
              "--checkpointIntervalMillis=" + interval,
              READ_COMMITTED));
    }
    all.add(
        lintel(
            "lintel-kafka-alo",
            "Lintel, written at least once",
            "--checkpointIntervalMillis=10000",
            "--exactlyOnceSinks=false"));
  }

  private static Peer lintel(String name, String title, String... options) {
    List<String> all =
        new ArrayList<>(List.of("--runner=LintelRunner", "--parallelism=2", "--blockOnRun=false"));
    all.addAll(List.of(options));
    return runner(name, title, LINTEL_KAFKA, List.copyOf(all)).takingCheckpoints().onlyFor(CASES);
  }

  private static void addFlinkRunner(List<Peer> all) {
    addFlink(all, "flink-kafka-eos", "FlinkRunner, withEOS", READ_COMMITTED, "--eosSink=true");
    addFlink(all, "flink-kafka-alo", "FlinkRunner, at least once");
  }

  /** On RocksDB, as it comes and tuned. */
  private static void addFlink(List<Peer> all, String name, String title, String... options) {
    List<String> common =
        new ArrayList<>(
            List.of(
                "--runner=FlinkRunner",
                "--flinkMaster=[local]",
                "--parallelism=2",
                "--streaming",
                "--attachedMode=false",
                "--checkpointingInterval=10000",
                "--stateBackend=rocksdb",
                "--stateBackendStoragePath={scratch}"));
    common.addAll(List.of(options));
    List<String> tuned = new ArrayList<>(common);
    tuned.addAll(
        List.of(
            "--disableMetrics=true",
            "--objectReuse=true",
            "--fasterCopy=true",
            // Results are sent at the end of a bundle, by default after a second.
            "--maxBundleTimeMills=100"));
    all.add(flink(name, title, common));
    all.add(flink(name + "-tuned", title + ", tuned", tuned));
  }

  private static Peer flink(String name, String title, List<String> options) {
    return runner(name, title, "flink-kafka", List.copyOf(options))
        .takingCheckpoints()
        .onlyFor(CASES);
  }

  /** A count for each record, or merged in its cache, which is how it comes. */
  private static void addStreams(List<Peer> all) {
    for (String guarantee : List.of("exactly_once_v2", "at_least_once")) {
      for (boolean cache : new boolean[] {false, true}) {
        boolean once = guarantee.equals("exactly_once_v2");
        all.add(
            new Peer(
                "streams-" + (once ? "eos" : "alo") + (cache ? "-cache" : ""),
                "Kafka Streams, " + guarantee + (cache ? ", updates merged" : ""),
                "kafka-streams",
                STREAMS,
                List.of(
                    "--guarantee=" + guarantee,
                    "--cache=" + cache,
                    once ? READ_COMMITTED : "--readCommitted=false"),
                CASES,
                false,
                true,
                1));
      }
    }
  }
}
