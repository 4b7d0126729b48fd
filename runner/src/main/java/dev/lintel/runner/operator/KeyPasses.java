package dev.lintel.runner.operator;

import dev.lintel.runner.operator.KeyedRecords.Keyed;
import dev.lintel.runner.operator.SetAside.Partition;
import dev.lintel.runner.spill.RecordFile;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Passes over the keys of a bounded input of which memory holds only a part: hybrid hashing, for
 * stateful DoFns.
 *
 * <p>The first pass processes elements as they come, until memory is nearly full. From then on it
 * admits no new key: elements of keys that it knows are processed as before, all others are set
 * aside, on disk, in partitions by key. When its input has ended and its timers have fired, state
 * and timers are deleted, the clocks go back to the beginning, and the next pass processes a
 * partition in the same way. What that one sets aside, with its partitions, comes before the
 * others.
 *
 * <pre>
 * pass 1: the task's input        known keys processed; the others: a  b  c …
 * pass 2: a                       known keys processed; the others: aa ab …
 * pass 3: aa …                    then ab, …, then b, c, …
 * </pre>
 *
 * <p>So each key belongs to one pass, which has all of its elements, in the order in which they
 * came, and all of its timers up to the end of time. That is the invariant that makes it right: a
 * bounded input whose keys came one after the other would have had the same results, and nothing
 * tells the DoFn that this one did not. The output watermark stays where it was when the first
 * element was set aside, until the last pass is done: no output is late by a pass, and no side
 * input's pane goes.
 *
 * <p><i>Ownership:</i> one operator of one task. <i>Invariants:</i> a pass admits at least {@link
 * #KEYS_MIN} keys, whatever memory says, so there is a last one, even if all hashes are equal; a
 * key that a pass once refused is refused until its end. <i>Failure:</i> {@link OperatorException}
 * if the disk or a coder fails.
 */
final class KeyPasses implements AutoCloseable {
  /** So many keys go on from the store, if need be. */
  static final int KEYS_MIN = 64;

  private final KeyedOperator operator;
  private final Processor processor;
  private final KeyedRecords records;
  private final LateElements late;
  private final Deque<Partition> partitions = new ArrayDeque<>();

  /** The input of the pass; null in the first. */
  private @Nullable Partition input;

  /** What the pass has set aside; null as long as there is nothing. */
  private @Nullable SetAside setAside;

  private Phase phase = Phase.TASK_INPUT;
  private boolean full;

  /** How many keys there were when it was looked at whether the pass is full. */
  private int keysChecked;

  private boolean holding;
  private boolean timeSkipped;

  /** What a pass is at. */
  private enum Phase {
    /** The first pass: the task moves the clocks, up to their ends. */
    TASK_INPUT,
    /** A later pass takes its partition. Timers in processing time fire when they are due. */
    PARTITION,
    /** The partition is at its end: all timers in processing time fire. */
    PROCESSING_TIME_ENDED,
    /** All timers fire. */
    EVENT_TIME_ENDED,
  }

  /** Has the operator process an element. */
  @FunctionalInterface
  interface Processor {
    void process(WindowedValue<Object> element, EncodedKey key);
  }

  private KeyPasses(
      KeyedOperator operator, ParDo spec, DoFnSignature signature, Processor processor) {
    this.operator = operator;
    this.processor = processor;
    this.records = new KeyedRecords(spec.input());
    this.late = new LateElements(spec, signature, operator);
  }

  /**
   * Null if the operator has to keep all keys at once: its input has no end, checkpoints are taken,
   * or its state has no limit.
   */
  static @Nullable KeyPasses of(
      KeyedOperator operator, ParDo spec, DoFnSignature signature, Processor processor) {
    boolean possible =
        spec.input().bounded() && !operator.context.checkpointed() && operator.state.keepKeys();
    return possible ? new KeyPasses(operator, spec, signature, processor) : null;
  }

  // ---- elements ----

  /** True: the element is to be processed now. False: it has been set aside. */
  boolean admits(WindowedValue<Object> element, EncodedKey key) {
    int keys = operator.state.keysInMemory();
    if (!full && keys != keysChecked) {
      keysChecked = keys;
      full = isFull();
    }
    if (!full || operator.state.isKnown(key)) {
      return true;
    }
    try {
      setAside(element, key);
    } catch (RuntimeException | Error e) {
      throw operator.context.fail(operator.transform, "setting an element aside on disk", e);
    }
    return false;
  }

  private boolean isFull() {
    return operator.state.keysInMemory() >= KEYS_MIN
        && (operator.state.isNearlyFull() || operator.timers.isNearlyFull());
  }

  private void setAside(WindowedValue<Object> element, EncodedKey key) {
    var windows = late.windowsInTime(element);
    if (windows.isEmpty()) {
      return;
    }
    SetAside to = setAside;
    if (to == null) {
      to =
          new SetAside(operator.context.spill().directory(), input == null ? 1 : input.level() + 1);
      setAside = to;
      hold();
    }
    RecordFile file = to.partition(key);
    records.write(element, key, windows, file.begin());
    file.end();
  }

  private void hold() {
    if (!holding) {
      holding = true;
      operator.context.holds().holdAdded(Timestamps.MIN_MILLIS);
    }
  }

  // ---- passes ----

  /** Something is set aside, or is being processed that was. */
  boolean hasWorkLeft() {
    return holding;
  }

  /** The first pass is over: the clocks are those of the pass, and not the task's. */
  boolean haveBegun() {
    return phase != Phase.TASK_INPUT;
  }

  /**
   * In the first pass, the timers in processing time have become due, as there is no more input.
   */
  void processingTimeSkipped() {
    timeSkipped = true;
  }

  /**
   * Goes on with the pass, or with the next one, by one step. Called when all timers that are due
   * have fired and, in the first pass, the input has ended.
   *
   * @param nowMillis the processing time
   * @return how much was done
   */
  int step(long nowMillis) {
    switch (phase) {
      case PARTITION -> {
        int processed = processBlock();
        if (processed > 0) {
          return processed;
        }
        attempt("ending a pass over keys", this::endInput);
      }
      case PROCESSING_TIME_ENDED -> {
        operator.endEventTime();
        phase = Phase.EVENT_TIME_ENDED;
      }
      case TASK_INPUT, EVENT_TIME_ENDED ->
          attempt("beginning a pass over keys", () -> beginNext(nowMillis));
    }
    return 1;
  }

  private void attempt(String doing, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      throw operator.context.fail(operator.transform, doing, e);
    }
  }

  private void beginNext(long nowMillis) {
    if (setAside != null) {
      List<Partition> more = setAside.finish();
      for (int i = more.size() - 1; i >= 0; i--) {
        partitions.push(more.get(i));
      }
      setAside = null;
    }
    input = partitions.poll();
    if (input == null) {
      holding = false;
      operator.context.holds().holdRemoved(Timestamps.MIN_MILLIS);
      phase = Phase.EVENT_TIME_ENDED;
    } else {
      operator.restart(nowMillis);
      full = false;
      phase = Phase.PARTITION;
    }
  }

  private int processBlock() {
    List<Keyed> block = readBlock();
    int count = block.size();
    @Nullable EncodedKey[] keys = new EncodedKey[count];
    for (int i = 0; i < count; i++) {
      keys[i] = block.get(i).key();
    }
    operator.state.preload(keys, count);
    for (Keyed each : block) {
      processor.process(each.element(), each.key());
    }
    return count;
  }

  private List<Keyed> readBlock() {
    List<Keyed> block = new ArrayList<>();
    try {
      ByteReader in = input == null ? null : input.elements().nextBlock();
      while (in != null && in.remaining() > 0) {
        block.add(records.read(in));
      }
    } catch (RuntimeException | Error e) {
      throw operator.context.fail(operator.transform, "reading elements that were set aside", e);
    }
    return block;
  }

  private void endInput() {
    if (input != null) {
      input.elements().close();
    }
    if (timeSkipped) {
      operator.endProcessingTime();
    }
    phase = Phase.PROCESSING_TIME_ENDED;
  }

  /** Deletes all files. Idempotent. */
  @Override
  public void close() {
    if (setAside != null) {
      setAside.close();
    }
    if (input != null) {
      input.elements().close();
    }
    partitions.forEach(each -> each.elements().close());
  }
}
