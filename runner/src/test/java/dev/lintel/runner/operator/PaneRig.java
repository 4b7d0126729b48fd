package dev.lintel.runner.operator;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.AppliedCombineFn;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/** A grouping operator alone, with what it has emitted. */
final class PaneRig {
  static final Coder<String> KEY_CODER = StringUtf8Coder.of();
  static final Coder<Integer> VALUE_CODER = VarIntCoder.of();
  private static final Coder<?> INPUT_CODER = KvCoder.of(KEY_CODER, VALUE_CODER);

  final List<String> emitted = new ArrayList<>();
  final WatermarkHolds holds = new WatermarkHolds();
  final TaskMetrics metrics = new TaskMetrics();
  final StreamOperator operator;
  boolean stateOpened;
  private final Map<Object, Object> groups = new HashMap<>();

  /** What is done with the values of a group. */
  enum Kind {
    GROUP_BY_KEY,
    SUM,
    TOP
  }

  private interface OperatorMaker {
    StreamOperator make(OperatorContext context, Output output);
  }

  private PaneRig(SpillSpace spill, OperatorMaker maker) {
    OperatorContext context = TestContext.of(this::openState, holds, metrics, spill);
    operator = maker.make(context, this::take);
  }

  private TaskState openState() {
    stateOpened = true;
    return new HeapStateBackend().open("test", new KeyGroupRange(0, 16), 16);
  }

  /** The operator that bounded input gets. */
  static PaneRig bounded(
      WindowingStrategy<?, ?> windowing, Kind kind, long budgetBytes, SpillDirectory directory) {
    SpillSpace spill = new SpillSpace(new MemoryBudget(budgetBytes), directory);
    Operator spec =
        kind == Kind.GROUP_BY_KEY
            ? groupByKey(windowing, true)
            : new Operator.CombinePerKey(
                "Group",
                combineFn(kind),
                accumulatorCoder(kind),
                input(windowing, true),
                input(windowing, true));
    return new PaneRig(
        spill, (context, output) -> GroupingOperators.operator(spec, context, output));
  }

  static Operator.GroupByKey groupByKey(WindowingStrategy<?, ?> windowing, boolean bounded) {
    Coder<?> coder = KvCoder.of(KEY_CODER, IterableCoder.of(VALUE_CODER));
    return new Operator.GroupByKey(
        "Group",
        input(windowing, bounded),
        new Collection("out", "out", coder, windowing, bounded));
  }

  private static Collection input(WindowingStrategy<?, ?> windowing, boolean bounded) {
    return new Collection("in", "in", INPUT_CODER, windowing, bounded);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static PaneRig viaReduceFnRunner(WindowingStrategy<?, ?> windowing, Kind kind) {
    SystemReduceFn reduceFn =
        kind == Kind.GROUP_BY_KEY
            ? SystemReduceFn.buffering((Coder) VALUE_CODER)
            : SystemReduceFn.combining(
                (Coder) KEY_CODER,
                AppliedCombineFn.withAccumulatorCoder(combineFn(kind), accumulatorCoder(kind)));
    GroupingOperator.Grouping grouping = new GroupingOperator.Grouping(KEY_CODER, reduceFn, true);
    SpillSpace none =
        new SpillSpace(new MemoryBudget(0), new SpillDirectory(new RunFolder(Path.of("none")), ""));
    return new PaneRig(
        none,
        (context, output) ->
            new GroupingOperator("Group", input(windowing, true), grouping, context, output));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static CombineFn<Object, Object, Object> combineFn(Kind kind) {
    return (CombineFn) (kind == Kind.SUM ? Sum.ofIntegers() : Top.largestFn(5));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Coder<Object> accumulatorCoder(Kind kind) {
    try {
      return combineFn(kind)
          .getAccumulatorCoder(CoderRegistry.createDefault(), (Coder) VALUE_CODER);
    } catch (CannotProvideCoderException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(WindowedValue<?> pane) {
    KV<?, ?> kv = (KV<?, ?>) pane.getValue();
    Object value = kv.getValue();
    groups.put(kv.getKey(), value);
    if (value instanceof Iterable<?> values) {
      value = StreamSupport.stream(values.spliterator(), false).sorted().toList();
    }
    emitted.add(
        "" + kv.getKey() + value + pane.getTimestamp() + pane.getWindows() + pane.getPaneInfo());
  }

  /** The values of a key's last pane. */
  @SuppressWarnings("unchecked")
  Iterable<Integer> values(String key) {
    return (Iterable<Integer>) groups.get(key);
  }

  void process(WindowedValue<KV<String, Integer>> element) {
    try {
      byte[] key =
          CoderUtils.encodeToByteArray(
              KEY_CODER, element.getValue().getKey(), Coder.Context.NESTED);
      operator.process(element, new EncodedKey(key));
    } catch (CoderException e) {
      throw new IllegalStateException(e);
    }
  }

  void advanceTo(long watermarkMillis) {
    operator.advanceInputWatermark(watermarkMillis);
    while (operator.hasDueTimer()) {
      operator.fireDueTimer();
    }
    operator.advanceOutputWatermark(Math.min(watermarkMillis, holds.min()));
  }

  /** The sum of all counters: of elements that were dropped, as there are no others. */
  long dropped() {
    long sum = 0;
    for (MetricResult<Long> each : metrics.snapshot().results().allMetrics().getCounters()) {
      sum += each.getAttempted();
    }
    return sum;
  }

  @SuppressWarnings("unchecked")
  static java.util.Collection<BoundedWindow> windows(WindowFn<?, ?> windowFn, Instant timestamp) {
    WindowFn<Object, BoundedWindow> fn = (WindowFn<Object, BoundedWindow>) windowFn;
    try {
      return fn.assignWindows(
          fn.new AssignContext() {
            @Override
            public Object element() {
              return "";
            }

            @Override
            public Instant timestamp() {
              return timestamp;
            }

            @Override
            public BoundedWindow window() {
              throw new UnsupportedOperationException();
            }
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
