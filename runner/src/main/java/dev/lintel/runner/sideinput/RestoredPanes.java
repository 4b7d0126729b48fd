package dev.lintel.runner.sideinput;

import dev.lintel.runner.spill.SpillSpace;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the panes of a checkpoint back: each once, for all operators and slots of the process that
 * have it. Like any pane it is on the heap, or in a file if the memory budget is short, for as long
 * as somebody has it.
 *
 * <p><i>Threads:</i> any; there is one for each life of a job.
 */
public final class RestoredPanes {
  private final SpillSpace space;
  private final Map<PaneForm, PaneStore> stores = new HashMap<>();
  private final Map<String, WeakReference<Pane>> byContent = new HashMap<>();

  public RestoredPanes(SpillSpace space) {
    this.space = space;
  }

  synchronized Pane pane(PaneFiles.Stored stored, PaneForm form) {
    WeakReference<Pane> known = byContent.get(stored.contentId());
    Pane pane = known == null ? null : known.get();
    if (pane == null) {
      pane = read(stored, form);
      byContent.put(stored.contentId(), new WeakReference<>(pane));
    }
    return pane;
  }

  private Pane read(PaneFiles.Stored stored, PaneForm form) {
    PaneStore store = stores.computeIfAbsent(form, any -> PaneStore.ofRestored(form, space));
    PaneBuilder builder = store.begin(stored.contentId());
    try (InputStream in = new BufferedInputStream(stored.file().open())) {
      readWhole(in, form, builder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected to read " + form.side() + " from a checkpoint, but: " + e.getMessage(), e);
    }
    return builder.finish();
  }

  /** To the end of the file, which tells whether it is what was stored. */
  private static void readWhole(InputStream in, PaneForm form, PaneBuilder builder)
      throws IOException {
    try {
      PaneFiles.read(in, form, builder);
    } catch (IOException | RuntimeException e) {
      try {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException damage) {
        // Coders understand nothing of damaged bytes; whatever they say, this is the reason.
        damage.addSuppressed(e);
        throw damage;
      }
      throw e;
    }
    in.transferTo(OutputStream.nullOutputStream());
  }

  /** Gives back what panes took that nobody has any more. */
  synchronized void giveBackUnreachable() {
    stores.values().forEach(PaneStore::giveBackUnreachable);
  }
}
