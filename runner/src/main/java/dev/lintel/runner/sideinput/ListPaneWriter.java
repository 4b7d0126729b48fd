package dev.lintel.runner.sideinput;

import dev.lintel.runner.spill.SortedRunWriter;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.runner.sideinput.Pane.Origin;
import java.util.stream.LongStream;

/** Writes a list pane: the elements in their order, in chunks that are read as one. */
final class ListPaneWriter implements PaneWriter {
  /** A chunk ends with the element that reaches this size. */
  static final int CHUNK_BYTES = 4 << 10;

  private final ElementCodec codec;
  private final SortedRunWriter file;
  private final ByteWriter chunk = new ByteWriter();
  private final ByteWriter key = new ByteWriter();
  private final LongStream.Builder offsets = LongStream.builder();
  private final LongStream.Builder firsts = LongStream.builder();
  private long elements;
  private long written;

  ListPaneWriter(PaneForm form, SpillDirectory directory) {
    codec = form.elements();
    file = new SortedRunWriter(directory, false);
  }

  @Override
  public void add(Object element) {
    codec.encode(element, chunk);
    elements++;
    if (chunk.size() >= CHUNK_BYTES) {
      writeChunk();
    }
  }

  private void writeChunk() {
    offsets.add(file.position());
    firsts.add(written);
    key.reset().fixed64(written);
    file.append(key.array(), key.size(), chunk.array(), chunk.size());
    chunk.reset();
    written = elements;
  }

  @Override
  public Written finish(String contentId) {
    if (elements > written) {
      writeChunk();
    }
    offsets.add(file.position());
    firsts.add(elements);
    var run = file.finish();
    var pane = 
        new SpilledListPane(
            new Origin(contentId, run.bytes()),
            run,
            codec,
            offsets.build().toArray(), firsts.build().toArray());
    return new Written(pane, run);
  }

  @Override
  public void abandon() {
    file.finish().close();
  }
}
