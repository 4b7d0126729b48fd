package dev.lintel.runner.operator;

import dev.lintel.runner.metrics.TaskMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * A grouping of {@code KV<String, Integer>} that a test drives step by step: something that groups,
 * its clocks, and the panes that came out.
 */
abstract class DrivenGrouping {
  static final Coder<String> KEY_CODER = StringUtf8Coder.of();
  static final KvCoder<String, Integer> INPUT_CODER = KvCoder.of(KEY_CODER, VarIntCoder.of());
  static final Coder<List<Integer>> ACCUMULATOR_CODER = ListCoder.of(VarIntCoder.of());

  static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  private Map<String, List<String>> panes = new TreeMap<>();
  private int emitted;

  abstract void process(WindowedValue<KV<String, Integer>> element);

  /** Moves the input watermark; nothing is fired yet. */
  abstract void advanceWatermark(long millis);

  /** Moves the processing time; nothing is fired yet. */
  abstract void advanceProcessingTime(long millis);

  /** Fires what is due, and moves the output watermark. */
  abstract void fire();

  abstract long outputWatermarkMillis();

  /** Elements dropped because their window had expired or its trigger had finished. */
  abstract long dropped();

  /** The sum of all counters: a grouping counts nothing but what it drops. */
  static long counted(TaskMetrics metrics) {
    long sum = 0;
    for (MetricResult<Long> each : metrics.snapshot().results().allMetrics().getCounters()) {
      sum += each.getAttempted();
    }
    return sum;
  }

  final void take(WindowedValue<?> pane) {
    KV<?, ?> kv = (KV<?, ?>) pane.getValue();
    panes
        .computeIfAbsent(kv.getKey() + " " + pane.getWindows(), any -> new ArrayList<>())
        .add(text(kv.getValue()) + " at " + pane.getTimestamp() + " " + pane.getPaneInfo());
    emitted++;
  }

  private static String text(Object grouped) {
    if (grouped instanceof Iterable<?> values) {
      return StreamSupport.stream(values.spliterator(), false)
          .map(value -> (Integer) value)
          .sorted()
          .toList()
          .toString();
    }
    return String.valueOf(grouped);
  }

  /** The panes since the last call by key and window, those of one key and window in order. */
  final Map<String, List<String>> takePanes() {
    Map<String, List<String>> taken = panes;
    panes = new TreeMap<>();
    return taken;
  }

  final int emitted() {
    return emitted;
  }

  /** Combines into a list that is changed in place, as a user's accumulators may be. */
  static final class Collect extends CombineFn<Integer, List<Integer>, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<Integer> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<Integer> addInput(List<Integer> accumulator, Integer input) {
      accumulator.add(input);
      return accumulator;
    }

    /** Uses its arguments up, as it may: all of them go into the last one. */
    @Override
    public List<Integer> mergeAccumulators(Iterable<List<Integer>> accumulators) {
      List<Integer> merged = createAccumulator();
      for (List<Integer> each : accumulators) {
        each.addAll(merged);
        merged.clear();
        merged = each;
      }
      return merged;
    }

    @Override
    public String extractOutput(List<Integer> accumulator) {
      return accumulator.stream().sorted().toList().toString();
    }
  }
}
