package dev.lintel.benchmarks.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks from time to time how far a topic goes, which costs next to nothing: its records are read
 * when all of them are there.
 */
final class OffsetWatch {
  private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

  /** When nothing more is written for so long, all of it may be there. */
  private static final long QUIET_NANOS = 2_000_000_000;

  private final Topics topics;
  private final List<TopicPartition> partitions;
  private final IsolationLevel isolation;

  /** Those that differ from the one before. */
  private final List<Look> looks = new ArrayList<>();

  private long lastLookNanos;

  private record Look(long nanos, Map<TopicPartition, Long> ends) {
    boolean reaches(Map<TopicPartition, Long> wanted) {
      return wanted.entrySet().stream()
          .allMatch(each -> ends.getOrDefault(each.getKey(), 0L) >= each.getValue());
    }
  }

  /**
   * @param isolation of the reader to whom records have to be visible
   */
  OffsetWatch(Topics topics, String topic, IsolationLevel isolation) {
    this.topics = topics;
    this.partitions = Topics.partitions(topic);
    this.isolation = isolation;
    this.lastLookNanos = System.nanoTime() - BETWEEN_LOOKS_NANOS;
  }

  /** Returns when so many records are written, visible or not, or when it gets quiet. */
  void awaitWritten(long count, Runnable running) {
    long before = 0;
    long changedNanos = System.nanoTime();
    while (true) {
      running.run();
      look();
      long written =
          topics.ends(partitions, IsolationLevel.READ_UNCOMMITTED).values().stream()
              .mapToLong(Long::longValue)
              .sum();
      long now = System.nanoTime();
      if (written != before) {
        before = written;
        changedNanos = now;
      }
      if (written >= count || written > 0 && now - changedNanos > QUIET_NANOS) {
        return;
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }

  /** Looks how far a reader can see, if that was not just done. */
  void look() {
    long now = System.nanoTime();
    if (now - lastLookNanos < BETWEEN_LOOKS_NANOS) {
      return;
    }
    lastLookNanos = now;
    Map<TopicPartition, Long> ends = topics.ends(partitions, isolation);
    if (looks.isEmpty() || !looks.get(looks.size() - 1).ends().equals(ends)) {
      looks.add(new Look(System.nanoTime(), ends));
    }
  }

  /** Returns when a reader can see up to there. */
  void awaitVisible(Map<TopicPartition, Long> wanted, Runnable running) {
    while (looks.stream().noneMatch(each -> each.reaches(wanted))) {
      running.run();
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      look();
    }
  }

  /** When a reader could first see up to there. */
  long visibleNanos(Map<TopicPartition, Long> wanted) {
    return looks.stream()
        .filter(each -> each.reaches(wanted))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("Expected to have seen " + wanted))
        .nanos();
  }
}
