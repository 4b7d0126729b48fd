package dev.lintel.runner.simulation;

import dev.lintel.runner.simulation.Element.Row;
import dev.lintel.runner.sink.TransactionalSink;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** Writes into a {@link SinkStore}. */
final class SimulatedSink extends DoFn<KV<Long, Long>, Void> implements TransactionalSink {
  private static final long serialVersionUID = 1L;
  private static final int NONE = 0;

  private final String name;
  private transient @Nullable Context context;
  private transient int open;

  SimulatedSink(String name) {
    this.name = name;
  }

  private SinkStore store() {
    return World.get().sink(name);
  }

  @Override
  public void begin(Context newContext, List<byte[]> restored) {
    World.get().stumble();
    context = newContext;
    store()
        .begin(
            newContext.slot(),
            newContext.slots(),
            restored.stream()
                .map(each -> ByteBuffer.wrap(each).getInt())
                .collect(Collectors.toSet()));
  }

  @ProcessElement
  public void process(@Element KV<Long, Long> element) {
    World.get().stumble();
    if (context == null) {
      throw new IllegalStateException("Expected the sink to have begun");
    }
    if (open == NONE) {
      open = store().open(context.slot());
    }
    store().write(open, new Row(element.getKey(), element.getValue()));
  }

  @Override
  public List<byte[]> prepare() {
    World.get().stumble();
    if (open == NONE) {
      return List.of();
    }
    store().prepare(open);
    byte[] prepared = ByteBuffer.allocate(Integer.BYTES).putInt(open).array();
    open = NONE;
    if (World.get().has(Mutation.COMMIT_BEFORE_MANIFEST)) {
      commit(prepared);
    }
    return List.of(prepared);
  }

  @Override
  public void commit(byte[] prepared) {
    World.get().stumble();
    store().commit(ByteBuffer.wrap(prepared).getInt());
  }
}
