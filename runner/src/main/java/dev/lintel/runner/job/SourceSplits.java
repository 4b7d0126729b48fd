package dev.lintel.runner.job;

import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Stage;
import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.SerializableUtils;
import org.jspecify.annotations.Nullable;

/**
 * The splits of a job's sources. Bounded ones are handed out one at a time to whichever slot asks;
 * unbounded ones belong to a slot for as long as the job runs.
 */
final class SourceSplits {
  /**
   * A bounded source is split into about so many pieces for each slot, so that a slow one does not
   * keep all waiting.
   */
  private static final int SPLITS_PER_SLOT = 4;

  /** A smaller split costs more to hand out and open than it brings. */
  private static final long SPLIT_BYTES_MIN = 1L << 20;

  private static final long SPLIT_BYTES_MAX = 64L << 20;

  private final Map<Integer, Deque<BoundedSource<?>>> bounded = new HashMap<>();
  private final Map<String, List<UnboundedSource<?, ?>>> unbounded = new HashMap<>();
  private final Map<Integer, String> transforms = new HashMap<>();
  private final TaskMetrics metrics = new TaskMetrics();
  private final int parallelism;

  private SourceSplits(int parallelism) {
    this.parallelism = parallelism;
  }

  /**
   * Asks every source for its splits.
   *
   * @throws SourceSplitException if a source fails to
   */
  static SourceSplits of(ExecutionPlan plan, int parallelism, PipelineOptions options) {
    return left(plan, parallelism, options, Map.of());
  }

  /**
   * What a checkpoint has left of the sources. One that it knows nothing of is asked for its
   * splits.
   *
   * @param left the splits of bounded sources that nobody has begun to read, by transform
   * @throws SourceSplitException if a source can't say what there is to read
   */
  static SourceSplits left(
      ExecutionPlan plan,
      int parallelism,
      PipelineOptions options,
      Map<String, List<byte[]>> left) {
    SourceSplits splits = new SourceSplits(parallelism);
    for (Stage stage : plan.stages()) {
      for (Operator operator : stage.operators()) {
        try (Closeable scope =
            MetricsEnvironment.scopedMetricsContainer(
                splits.metrics.container(operator.transform()))) {
          List<byte[]> known = left.get(operator.transform());
          if (known == null) {
            splits.split(stage, operator, options);
          } else {
            splits.restore(stage, operator, known);
          }
        } catch (Exception e) {
          throw new SourceSplitException(operator.transform(), e);
        }
      }
    }
    return splits;
  }

  private void split(Stage stage, Operator operator, PipelineOptions options) throws Exception {
    if (operator instanceof Operator.BoundedRead read) {
      BoundedSource<?> source = read.source();
      long size = source.getEstimatedSizeBytes(options) / ((long) parallelism * SPLITS_PER_SLOT);
      long splitBytes = Math.max(SPLIT_BYTES_MIN, Math.min(SPLIT_BYTES_MAX, size));
      transforms.put(stage.id(), read.transform());
      bounded.put(stage.id(), new ArrayDeque<>(source.split(splitBytes, options)));
    } else if (operator instanceof Operator.UnboundedRead read) {
      unbounded.put(read.transform(), new ArrayList<>(read.source().split(parallelism, options)));
    }
  }

  private void restore(Stage stage, Operator operator, List<byte[]> known) {
    Deque<BoundedSource<?>> restored = new ArrayDeque<>();
    for (byte[] each : known) {
      restored.add(
          (BoundedSource<?>)
              SerializableUtils.deserializeFromByteArray(
                  each, "a split of " + operator.transform()));
    }
    bounded.put(stage.id(), restored);
    transforms.put(stage.id(), operator.transform());
  }

  /**
   * The splits that nobody has been given yet, by transform; an empty list for an unbounded source,
   * whose readers know what is left of it.
   */
  Map<String, List<byte[]>> left() {
    Map<String, List<byte[]>> left = new HashMap<>();
    bounded.forEach(
        (stage, sources) ->
            left.put(
                transforms.getOrDefault(stage, ""),
                sources.stream().map(SerializableUtils::serializeToByteArray).toList()));
    unbounded.keySet().forEach(each -> left.put(each, List.of()));
    return left;
  }

  /** The next split of a stage's bounded source; null if none is left. */
  @Nullable BoundedSource<?> next(int stage) {
    Deque<BoundedSource<?>> left = bounded.get(stage);
    return left == null ? null : left.poll();
  }

  /** What the sources counted while they split. */
  MetricsSnapshot metrics() {
    return metrics.snapshot();
  }

  /** The splits of an unbounded source that a slot reads. */
  List<UnboundedSource<?, ?>> of(Operator.UnboundedRead read, int slot) {
    List<UnboundedSource<?, ?>> all = unbounded.getOrDefault(read.transform(), List.of());
    List<UnboundedSource<?, ?>> own = new ArrayList<>();
    for (int i = slot; i < all.size(); i += parallelism) {
      own.add(all.get(i));
    }
    return own;
  }
}
