package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.sideinput.RestoredPanes;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.splittable.Slice;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.StateSelection;
import dev.lintel.state.StoredSnapshot;
import dev.lintel.state.TaskState;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Operator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * The slots of one operator, driven as their tasks drive them, which can be stopped between bundles
 * and restored, in as many slots as one likes. All slots have the watermarks of the slowest, so
 * that their number changes no output.
 */
final class RestartedOperator implements AutoCloseable {
  static final int MAX_PARALLELISM = 16;
  static final int SLICE_OUTPUTS = 3;

  private final Operator spec;
  private final Path directory;
  private final boolean keyed;
  private final KeyEncoder keys;
  private final SpillSpace spill;
  private final Consumer<WindowedValue<?>> output;
  private final HeapStateBackend backend = new HeapStateBackend();
  private List<Slot> slots = new ArrayList<>();
  private RestoredPanes panes;
  private int lives;
  private int turn;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long outputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long processingTimeMillis = Timestamps.MIN_MILLIS;

  /** What a checkpoint has of all slots. */
  record Image(
      List<Map<String, byte[]>> states,
      List<KeyGroupRange> ranges,
      List<SnapshotFormat> formats,
      List<byte[]> parts,
      Map<String, byte[]> files,
      long inputWatermarkMillis,
      long outputWatermarkMillis) {}

  /** One slot, with what its task would have. */
  private final class Slot {
    final KeyGroupRange range;
    final TaskState state;
    final WatermarkHolds holds = new WatermarkHolds();
    final StreamOperator operator;

    Slot(int slot, int count, TaskState state) {
      this.range = KeyGroups.rangeOf(slot, MAX_PARALLELISM, count);
      this.state = state;
      OperatorContext context =
          new OperatorContext(
              PipelineOptionsFactory.create(),
              () -> state,
              holds,
              new TaskMetrics(),
              spill,
              slotKey(),
              new Slice.Limits(() -> 0, SLICE_OUTPUTS, 1),
              true,
              new JobPlace("job", "life" + lives, slot, count),
              panes,
              KeptGears.NONE,
              failure -> {});
      Map<String, Output> outputs = new HashMap<>();
      spec.outputs().forEach(each -> outputs.put(each.id(), output::accept));
      operator = OperatorFactory.operator(spec, context, outputs);
    }

    private EncodedKey slotKey() {
      for (byte i = 0; ; i++) {
        EncodedKey key = new EncodedKey(new byte[] {i});
        if (range.contains(KeyGroups.groupOf(key, MAX_PARALLELISM))) {
          return key;
        }
      }
    }

    /** Does all that can be done now; one bundle for each piece of it. */
    void settle() {
      while (true) {
        PushbackBuffer sideInputs = operator.sideInputs();
        if (operator.hasDueTimer()) {
          bundle(operator::fireDueTimer);
        } else if (sideInputs != null && sideInputs.hasReady()) {
          bundle(sideInputs::replayReady);
          operator.advanceInputWatermark(inputWatermarkMillis);
        } else if (operator.canResume()) {
          bundle(operator::resume);
        } else {
          return;
        }
      }
    }

    void bundle(Runnable work) {
      operator.startBundle();
      work.run();
      operator.finishBundle();
      operator.bundleCommitted();
    }

    long held() {
      return Math.min(holds.min(), operator.nextEventTimeMillis());
    }
  }

  /**
   * @param spec whose input is by key if it is of {@code KV}s and {@code keyed}
   */
  RestartedOperator(
      Operator spec, boolean keyed, Path directory, Consumer<WindowedValue<?>> output) {
    this.spec = spec;
    this.keyed = keyed;
    this.directory = directory;
    this.output = output;
    this.spill =
        new SpillSpace(
            new MemoryBudget(1 << 20), new SpillDirectory(new RunFolder(directory), "spill"));
    this.panes = new RestoredPanes(spill);
    this.keys =
        new KeyEncoder(
            spec.inputs().get(0).coder() instanceof KvCoder<?, ?> kv
                ? kv.getKeyCoder()
                : spec.inputs().get(0).coder(),
            "in");
    slots.add(
        new Slot(
            0, 1, backend.open("task", new KeyGroupRange(0, MAX_PARALLELISM), MAX_PARALLELISM)));
    slots.get(0).operator.open();
  }

  // ---- driving ----

  void process(WindowedValue<?> element) {
    if (keyed) {
      EncodedKey key =
          element.getValue() instanceof KV<?, ?> kv ? keys.encode(kv.getKey()) : EncodedKey.EMPTY;
      int slot =
          KeyGroups.slotOf(KeyGroups.groupOf(key, MAX_PARALLELISM), MAX_PARALLELISM, slots.size());
      Slot to = slots.get(slot);
      to.bundle(() -> to.operator.process(element, key));
    } else {
      Slot to = slots.get(turn++ % slots.size());
      to.bundle(() -> to.operator.process(element, null));
    }
    settle();
  }

  void pane(String tag, WindowedValue<?> pane) {
    slots.forEach(each -> sideInputs(each).addPane(tag, pane));
    settle();
  }

  void sideWatermark(String tag, long millis) {
    slots.forEach(each -> sideInputs(each).advanceWatermark(tag, millis));
    settle();
  }

  private static PushbackBuffer sideInputs(Slot slot) {
    PushbackBuffer sideInputs = slot.operator.sideInputs();
    if (sideInputs == null) {
      throw new IllegalStateException("Expected an operator with side inputs");
    }
    return sideInputs;
  }

  void advanceWatermark(long millis) {
    inputWatermarkMillis = Math.max(inputWatermarkMillis, millis);
    slots.forEach(each -> each.operator.advanceInputWatermark(inputWatermarkMillis));
    settle();
  }

  /** As {@link #advanceWatermark}, but each slot fires only so many timers. */
  void advanceWatermarkAndFire(long millis, int timers) {
    inputWatermarkMillis = Math.max(inputWatermarkMillis, millis);
    for (Slot each : slots) {
      each.operator.advanceInputWatermark(inputWatermarkMillis);
      for (int i = 0; i < timers && each.operator.hasDueTimer(); i++) {
        each.bundle(each.operator::fireDueTimer);
      }
    }
  }

  void advanceProcessingTime(long millis) {
    processingTimeMillis = Math.max(processingTimeMillis, millis);
    setProcessingTime();
    settle();
  }

  private void setProcessingTime() {
    slots.forEach(
        each -> each.operator.advanceProcessingTime(processingTimeMillis, processingTimeMillis));
  }

  private void settle() {
    slots.forEach(Slot::settle);
    long watermark = inputWatermarkMillis;
    for (Slot each : slots) {
      watermark = Math.min(watermark, each.held());
    }
    if (watermark > outputWatermarkMillis) {
      outputWatermarkMillis = watermark;
      slots.forEach(each -> each.operator.advanceOutputWatermark(outputWatermarkMillis));
    }
  }

  long outputWatermarkMillis() {
    return outputWatermarkMillis;
  }

  boolean hasWorkLeft() {
    return slots.stream().anyMatch(each -> each.operator.hasWorkLeft());
  }

  boolean awaitsCheckpoint() {
    return slots.stream().anyMatch(each -> each.operator.awaitsCheckpoint());
  }

  List<StreamOperator> operators() {
    return slots.stream().map(each -> each.operator).toList();
  }

  // ---- checkpoints ----

  Image snapshot(long checkpoint) {
    Image image =
        new Image(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new LinkedHashMap<>(),
            inputWatermarkMillis,
            outputWatermarkMillis);
    for (Slot each : slots) {
      each.operator.snapshot(
          checkpoint,
          new OperatorSnapshot() {
            @Override
            public void part(byte[] part) {
              image.parts.add(part);
            }

            @Override
            public void file(SnapshotFile file) {
              image.files.put(file.name(), content(file));
            }
          });
      try (StateSnapshot state = each.state.portableSnapshot()) {
        Map<String, byte[]> files = new HashMap<>();
        state.files().forEach(file -> files.put(file.name(), content(file)));
        image.states.add(files);
        image.ranges.add(each.range);
        image.formats.add(state.format());
      }
    }
    return image;
  }

  private static byte[] content(SnapshotFile file) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      file.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  void checkpointCompleted(long checkpoint) {
    slots.forEach(each -> each.operator.checkpointCompleted(checkpoint));
    settle();
  }

  /** A new life, in {@code count} slots. */
  void restore(Image image, int count) {
    closeSlots();
    lives++;
    panes = new RestoredPanes(spill);
    inputWatermarkMillis = image.inputWatermarkMillis;
    outputWatermarkMillis = image.outputWatermarkMillis;
    for (int i = 0; i < count; i++) {
      Slot slot = new Slot(i, count, restoredState(image, i, count));
      slots.add(slot);
      List<byte[]> parts = new ArrayList<>();
      for (int part = i; part < image.parts.size(); part += count) {
        parts.add(image.parts.get(part));
      }
      slot.operator.restore(new RestoredOperator(parts, image.parts, files(image)));
      slot.operator.open();
      slot.operator.advanceInputWatermark(inputWatermarkMillis);
      slot.operator.advanceOutputWatermark(outputWatermarkMillis);
    }
    setProcessingTime();
    settle();
  }

  private TaskState restoredState(Image image, int slot, int count) {
    List<StoredSnapshot> from = new ArrayList<>();
    try {
      for (int i = 0; i < image.states.size(); i++) {
        Path fetched = Files.createTempDirectory(directory, "fetched");
        for (Map.Entry<String, byte[]> file : image.states.get(i).entrySet()) {
          Files.write(fetched.resolve(file.getKey()), file.getValue());
        }
        from.add(new StoredSnapshot(image.formats.get(i), image.ranges.get(i), fetched));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return backend.restore(
        "task",
        KeyGroups.rangeOf(slot, MAX_PARALLELISM, count),
        MAX_PARALLELISM,
        from,
        StateSelection.of(Set.of(spec.transform())));
  }

  private static List<RestoredOperator.File> files(Image image) {
    List<RestoredOperator.File> files = new ArrayList<>();
    image.files.forEach(
        (name, content) ->
            files.add(
                new RestoredOperator.File() {
                  @Override
                  public String name() {
                    return name;
                  }

                  @Override
                  public InputStream open() {
                    return new ByteArrayInputStream(content);
                  }
                }));
    return files;
  }

  private void closeSlots() {
    slots.forEach(each -> each.operator.close());
    slots.forEach(each -> each.state.close());
    slots = new ArrayList<>();
  }

  @Override
  public void close() {
    closeSlots();
    backend.close();
    spill.directory().close();
  }
}
