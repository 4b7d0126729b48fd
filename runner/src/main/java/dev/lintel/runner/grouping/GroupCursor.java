package dev.lintel.runner.grouping;

import org.jspecify.annotations.Nullable;

/** Complete groups, one after the other; those of one key come together if windows merge. */
interface GroupCursor {
  /**
   * The next group; null if there is none.
   *
   * @throws Exception what the window function throws
   */
  @Nullable Group next() throws Exception;
}
