package dev.lintel.runner.grouping;

import org.jspecify.annotations.Nullable;

/** The groups of a table, each let go when it is its turn. */
final class HeldGroups implements GroupCursor {
  private final @Nullable Group[] groups;
  private int next;

  HeldGroups(@Nullable Group[] groups) {
    this.groups = groups;
  }

  @Override
  public @Nullable Group next() {
    if (next == groups.length) {
      return null;
    }
    Group group = groups[next];
    groups[next++] = null;
    return group;
  }
}
