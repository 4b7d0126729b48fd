package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Operator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * A stateful ParDo over bounded input, driven as its task drives it, with as much memory for state
 * as one likes. Takes down what comes out, key by key.
 */
final class PassRig implements AutoCloseable {
  /** No limit, and so no passes. */
  static final long AMPLE = Long.MAX_VALUE;

  private static final int MAX_PARALLELISM = 16;
  private static final int BUNDLE = 100;

  private final TaskState state;
  private final RunFolder run;
  private final SpillDirectory directory;
  private final WatermarkHolds holds = new WatermarkHolds();
  private final TaskMetrics metrics = new TaskMetrics();
  private final KeyEncoder encoder;
  private final KeyedOperator operator;
  private final Map<String, List<String>> outputs = new TreeMap<>();
  private final String what;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long outputWatermarkMillis = Timestamps.MIN_MILLIS;
  private boolean lateOutputs;
  private int restarts;
  private int filesMax;

  PassRig(Operator.ParDo spec, long cacheBytes, Path folder, String what) {
    this.what = what;
    encoder = new KeyEncoder(((KvCoder<?, ?>) spec.input().coder()).getKeyCoder(), "in");
    state =
        new HeapStateBackend(cacheBytes)
            .open("test", new KeyGroupRange(0, MAX_PARALLELISM), MAX_PARALLELISM);
    run = new RunFolder(folder);
    directory = new SpillDirectory(run, "passes");
    OperatorContext context =
        TestContext.of(
            () -> state, holds, metrics, new SpillSpace(new MemoryBudget(1 << 20), directory));
    Map<String, Output> to = new HashMap<>();
    spec.outputs().forEach(each -> to.put(each.id(), this::take));
    operator = new StatefulParDoOperator(spec, context, to);
    operator.open();
    operator.advanceProcessingTime(1_000, 1_000);
    operator.startBundle();
  }

  private void take(WindowedValue<?> output) {
    KV<?, ?> kv = (KV<?, ?>) output.getValue();
    assertThat(lateOutputs || output.getTimestamp().getMillis() >= outputWatermarkMillis)
        .as("%s: %s is not behind %d", what, output, outputWatermarkMillis)
        .isTrue();
    outputs
        .computeIfAbsent(String.valueOf(kv.getKey()), any -> new ArrayList<>())
        .add(kv.getValue() + " at " + output.getTimestamp() + " in " + output.getWindows());
  }

  void process(WindowedValue<? extends KV<?, ?>> element) {
    operator.process(element, encoder.encode(element.getValue().getKey()));
    filesMax = Math.max(filesMax, directory.openFiles());
  }

  /** From now on, elements and what comes of them may be late. */
  void advanceWatermark(long millis) {
    lateOutputs = true;
    inputWatermarkMillis = millis;
    operator.advanceInputWatermark(millis);
    work();
  }

  /** The input ends: all is done that is left. */
  void end() {
    if (operator.awaitsProcessingTime()) {
      operator.skipProcessingTime();
      work();
    }
    inputWatermarkMillis = Timestamps.MAX_MILLIS;
    operator.advanceInputWatermark(inputWatermarkMillis);
    work();
    assertThat(operator.hasWorkLeft()).as(what).isFalse();
    assertThat(holds.isEmpty()).as("%s: holds", what).isTrue();
    assertThat(outputWatermarkMillis).as(what).isEqualTo(Timestamps.MAX_MILLIS);
    assertThat(directory.openFiles()).as("%s: files", what).isZero();
  }

  private void work() {
    int done = 0;
    long clockMillis = clockMillis();
    while (operator.hasDueTimer() || operator.canResume()) {
      if (operator.hasDueTimer()) {
        operator.fireDueTimer();
        done++;
      } else {
        done += operator.resume();
      }
      filesMax = Math.max(filesMax, directory.openFiles());
      restarts += clockMillis() < clockMillis ? 1 : 0;
      clockMillis = clockMillis();
      if (done > BUNDLE) {
        done = 0;
        endBundle();
      }
    }
    endBundle();
  }

  private long clockMillis() {
    return operator.timers.currentInputWatermarkTime().getMillis();
  }

  private void endBundle() {
    operator.finishBundle();
    operator.bundleCommitted();
    long held = Math.min(holds.min(), operator.nextEventTimeMillis());
    long watermark = Math.min(inputWatermarkMillis, held);
    if (watermark > outputWatermarkMillis) {
      outputWatermarkMillis = watermark;
      operator.advanceOutputWatermark(watermark);
    }
    operator.startBundle();
  }

  /** What came out for each key, in order. */
  Map<String, List<String>> outputs() {
    return outputs;
  }

  /** How many passes came after the first one. */
  int restarts() {
    return restarts;
  }

  int filesMax() {
    return filesMax;
  }

  int openFiles() {
    return directory.openFiles();
  }

  /** The sum of all counters. */
  long dropped() {
    return DrivenGrouping.counted(metrics);
  }

  @Override
  public void close() {
    operator.close();
    state.close();
    directory.close();
    run.close();
  }
}
