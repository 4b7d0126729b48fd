package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.snapshot.BytesFile;
import dev.lintel.state.snapshot.SnapshotFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A snapshot that has not waited for its barriers. What is still before them in the channels is
 * recorded into it, and processed after it: Chandy and Lamport, "Distributed snapshots" (1985). As
 * it is taken out of the channels at once, and every task does so, the barriers are not kept back
 * by what waits before them.
 *
 * <p><i>Ownership:</i> one task. Closed if the checkpoint is given up before it is complete.
 */
final class InFlightRecording implements AutoCloseable {
  private final Frame.Barrier barrier;
  private final TaskSnapshot snapshot;
  private final List<Input> inputs = new ArrayList<>();

  private record Input(Inbox inbox, InFlightCodec codec, ByteWriter recorded) {
    void record(Frame.Elements elements) {
      codec.encode(elements, recorded);
    }
  }

  /**
   * Begins with what has been taken out of the channels already.
   *
   * @param inboxes of the task's main inputs
   */
  InFlightRecording(Frame.Barrier barrier, TaskSnapshot snapshot, List<Inbox> inboxes) {
    this.barrier = barrier;
    this.snapshot = snapshot;
    for (Inbox each : inboxes) {
      Input input = new Input(each, new InFlightCodec(each.exchange()), new ByteWriter());
      inputs.add(input);
      each.beginRecording(input::record);
    }
  }

  long checkpoint() {
    return barrier.checkpoint();
  }

  /** Records what has come; true if all barriers have. */
  boolean advance() {
    boolean complete = true;
    for (Input each : inputs) {
      complete &= each.inbox.record(barrier, each::record);
    }
    return complete;
  }

  /** The snapshot with all that was recorded. */
  TaskSnapshot complete(List<String> names) {
    Map<String, List<SnapshotFile>> recorded = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Input each = inputs.get(i);
      if (each.recorded.size() > 0) {
        String name = "in-flight-" + i;
        recorded
            .computeIfAbsent(names.get(i), any -> new ArrayList<>())
            .add(new BytesFile(name, each.recorded.toBytes()));
      }
    }
    return snapshot.with(recorded);
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
