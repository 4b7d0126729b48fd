package dev.lintel.runner.sideinput;

import dev.lintel.runner.spill.SortedRun;

/** Writes a pane to disk. <i>Ownership:</i> the task that gathers it. */
interface PaneWriter {
  void add(Object element);

  /** The pane of all that was added. */
  Written finish(String contentId);

  /** Gives everything up, instead of {@link #finish}. */
  void abandon();

  /** A pane with the file that it reads, which can be deleted when nobody has the pane any more. */
  record Written(Pane pane, SortedRun file) {}
}
