package dev.lintel.runner.sideinput;

import dev.lintel.runner.sideinput.Pane.Origin;
import dev.lintel.runner.spill.EntryCursor;
import dev.lintel.runner.spill.SortedEntries;
import dev.lintel.runner.spill.SortedRun;
import dev.lintel.runner.spill.SortedRunWriter;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.spill.SpillingSorter;
import org.apache.beam.sdk.values.KV;

/**
 * Writes a multimap pane: sorts the values by their encoded keys and writes them as one run, in
 * which a look-up reads one place.
 */
final class MultimapPaneWriter implements PaneWriter {
  /**
   * Of a run's bytes, the first entry after so many is in its index: an index entry takes about 40
   * bytes of memory, a hundredth.
   */
  static final int INDEX_BYTES = 4 << 10;

  /** 10 MB. Of a run of more than a gigabyte, look-ups read more at a time instead. */
  private static final int INDEX_ENTRIES_MAX = 1 << 18;

  private final ElementCodec keys;
  private final ElementCodec values;
  private final SpillDirectory directory;
  private final SpillingSorter sorter;

  MultimapPaneWriter(PaneForm form, SpillSpace space) {
    this.keys = form.keys();
    this.values = form.values();
    this.directory = space.directory();
    this.sorter = new SpillingSorter(directory, space.memory().share());
  }

  @Override
  public void add(Object element) {
    KV<?, ?> kv = (KV<?, ?>) element;
    sorter.add(keys.encode(kv.getKey()), values.encode(kv.getValue()));
  }

  @Override
  public Written finish(String contentId) {
    SortedRunWriter writer = new SortedRunWriter(directory, INDEX_BYTES, INDEX_ENTRIES_MAX);
    try (SortedEntries sorted = sorter.finish()) {
      EntryCursor cursor = sorted.cursor();
      while (cursor.next()) {
        writer.append(cursor.key(), cursor.value());
      }
    }
    SortedRun run = writer.finish();
    return new Written(new SpilledMultimapPane(new Origin(contentId, run.bytes()), run, keys, values), run);
  }

  @Override
  public void abandon() {
    sorter.close();
  }
}
