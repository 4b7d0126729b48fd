package dev.lintel.benchmarks.compare;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How many times better than a peer Lintel is meant to be: below it, a table says so. */
final class Targets {
  private static final double STREAMING_KEYED = 10;
  private static final double STREAMING = 5;
  private static final double BATCH_FUSED = 1.5;
  private static final double BATCH = 3;
  private static final double DIRECT_FUSED = 5;
  private static final double DIRECT = 20;
  private static final double DIRECT_STATEFUL = 100;
  private static final double NATIVE_ROCKSDB = 4;
  private static final double NATIVE_HEAP = 1;

  /** In throughput and in latency. */
  private static final double STREAMS = 1;

  /** Within five times of a loop without a framework. */
  private static final double LOOP = 0.2;

  private static final double RAW_ROCKSDB = 1;
  private static final long MANY_KEYS = 1_000_000;
  private static final Set<String> KEYED = Set.of("combine", "group", "stateful");

  private Targets() {}

  /** Null if none is set. */
  static @Nullable Double of(Row row) {
    String name = row.benchmark().name();
    if (row.benchmark().startUp()) {
      return null;
    }
    boolean fused = name.equals("pardo");
    boolean keyed = KEYED.contains(name);
    return switch (row.peer().name()) {
      case "flink-kafka-eos", "flink-kafka-eos-tuned", "flink-kafka-alo", "flink-kafka-alo-tuned" ->
          row.benchmark().ratioOf().isEmpty() ? STREAMING : null;
      case "streams-eos" -> STREAMS;
      case "flink-rocksdb", "flink-rocksdb-tuned" -> keyed ? STREAMING_KEYED : STREAMING;
      case "flink-heap", "flink-heap-tuned" -> name.equals("stateful") ? STREAMING : null;
      case "flink-batch-tuned", "spark" -> fused ? BATCH_FUSED : BATCH;
      case "direct" -> direct(name);
      case "native-rocksdb" -> NATIVE_ROCKSDB;
      case "native-hashmap" -> NATIVE_HEAP;
      case "limit-map", "limit-cache" -> keyed && row.work().keys() < MANY_KEYS ? LOOP : null;
      case "limit-rocksdb" ->
          name.equals("stateful") && row.work().keys() >= MANY_KEYS ? RAW_ROCKSDB : null;
      default -> null;
    };
  }

  private static double direct(String name) {
    return switch (name) {
      case "pardo" -> DIRECT_FUSED;
      case "stateful" -> DIRECT_STATEFUL;
      default -> DIRECT;
    };
  }
}
