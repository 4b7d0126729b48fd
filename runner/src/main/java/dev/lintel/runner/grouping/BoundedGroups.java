package dev.lintel.runner.grouping;

import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.state.EncodedKey;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups a bounded input by key and window: {@link #add} everything, {@link #finish}, then take the
 * groups by {@link #next} until there is none.
 *
 * <p><i>Ownership:</i> one task. <i>Failure:</i> {@link dev.lintel.runner.spill.SpillException} if
 * the disk fails; what the user's code throws (coders, combine functions, window functions) comes
 * through. The groups are then only closed.
 */
public final class BoundedGroups implements AutoCloseable {
  private final GroupWindows windows;
  private final Aggregation aggregation;
  private final MemoryBudget.Share share;
  private final GroupTable table = new GroupTable();
  private final GroupRuns runs;
  private @Nullable GroupCursor finished;
  private long earliestPaneMillis = Long.MAX_VALUE;

  public BoundedGroups(
      WindowingStrategy<?, ?> windowing, Aggregation aggregation, SpillSpace spill) {
    this.windows = new GroupWindows(windowing);
    this.aggregation = aggregation;
    this.share = spill.memory().share();
    this.runs = new GroupRuns(windows, aggregation, spill.directory());
  }

  /**
   * Tells the keys of the values that are added next: the groups that memory has of them are
   * brought near, as far as their windows are those of the last one. Changes nothing.
   *
   * @param keys the first {@code count} of them
   */
  public void preload(@Nullable EncodedKey[] keys, int count) {
    BoundedWindow window = table.lastWindow();
    if (windows.sessions()) {
      table.preload(keys, count, null);
    } else if (window != null) {
      table.preload(keys, count, window);
    }
  }

  /** Adds a value to the group of its key and window. */
  public void add(EncodedKey key, BoundedWindow window, Instant timestamp, @Nullable Object value) {
    if (windows.sessions()) {
      addToSession(key, window, timestamp, value);
    } else {
      addToWindow(key, window, timestamp, value);
    }
    if (!share.hold(table.heapBytes() + aggregation.heapBytes())) {
      spill();
    }
  }

  private void addToWindow(
      EncodedKey key, BoundedWindow window, Instant timestamp, @Nullable Object value) {
    int hash = GroupTable.hash(key, window);
    int place = table.place(key, window, hash);
    Group group = table.at(place);
    if (group == null) {
      begin(table.insert(place, key, window, hash), timestamp, value);
    } else {
      join(group, timestamp, value);
    }
  }

  /**
   * Mostly, elements come in about the order of time: so each key has one session here that takes
   * what overlaps it. What does not begins another one, which takes its place. Sessions of a key
   * that turn out to be the same merge in the end.
   */
  private void addToSession(
      EncodedKey key, BoundedWindow window, Instant timestamp, @Nullable Object value) {
    int place = table.place(key, null, key.hashCode());
    Group session = table.at(place);
    BoundedWindow merged = session == null ? null : GroupWindows.merged(session.window, window);
    if (session != null && merged != null) {
      session.window = merged;
      join(session, timestamp, value);
    } else {
      table.close(place);
      begin(table.insertGrowing(place, key, window), timestamp, value);
    }
  }

  private void begin(Group group, Instant timestamp, @Nullable Object value) {
    group.accumulator = aggregation.first(value);
    group.timestampMillis = timestamp.getMillis();
    earliestPaneMillis = Math.min(earliestPaneMillis, windows.paneMillis(group));
  }

  private void join(Group group, Instant timestamp, @Nullable Object value) {
    group.accumulator = aggregation.add(group.accumulator, value);
    if (windows.combinesTimestamps()) {
      combineTimestamp(group, timestamp.getMillis());
    }
  }

  private void combineTimestamp(Group group, long millis) {
    group.timestampMillis = windows.combine(group.timestampMillis, millis);
    earliestPaneMillis = Math.min(earliestPaneMillis, group.timestampMillis);
  }

  private void spill() {
    runs.spill(table);
    aggregation.forget();
    share.release();
  }

  /** No pane that will come has an earlier timestamp; {@code Long.MAX_VALUE} without elements. */
  public long earliestPaneMillis() {
    return earliestPaneMillis;
  }

  /**
   * Everything has been added.
   *
   * @throws Exception what the window function throws
   */
  public void finish() throws Exception {
    GroupCursor groups;
    if (runs.isEmpty()) {
      groups = new HeldGroups(windows.merging() ? table.takeAllByKey() : table.takeAll());
    } else {
      if (table.size() > 0) {
        spill();
      }
      groups = runs.groups();
    }
    finished = windows.merging() ? new WindowMerging(groups, windows, aggregation) : groups;
  }

  /**
   * The next complete group; null if that was all.
   *
   * @throws Exception what the window function throws
   */
  public @Nullable Group next() throws Exception {
    if (finished == null) {
      throw new IllegalStateException("Expected finish() before next()");
    }
    return finished.next();
  }

  /** What a group gives to the next transform. Takes it; called once. */
  public @Nullable Object output(Group group) {
    return aggregation.output(group.accumulator);
  }

  /** The timestamp of a group's pane. */
  public Instant paneTimestamp(Group group) {
    return Instant.ofEpochMilli(windows.paneMillis(group));
  }

  /**
   * Frees the memory, and the runs unless something that was put out still reads them. Idempotent.
   */
  @Override
  public void close() {
    share.close();
    if (!aggregation.outputReadsRuns()) {
      runs.close();
    }
  }
}
