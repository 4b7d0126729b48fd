package dev.lintel.runner.grouping;

import dev.lintel.runner.spill.RunTiers;
import dev.lintel.runner.spill.SortedRunWriter;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * The groups that have been spilled: sorted runs, each the content of a table.
 *
 * <p>The entries of a run, all numbers big-endian:
 *
 * <ul>
 *   <li>key: {@code hash:4 | length of key | key | window}; the hash is of key and window, or of
 *       the key only if windows merge. What matters of the order is that the parts of a group come
 *       together, and the groups of a key if windows merge.
 *   <li>value: {@code timestamp:8} if timestamps are combined, then what the aggregation wrote. A
 *       group may have several entries.
 * </ul>
 */
final class GroupRuns {
  private static final int TIMESTAMP_BYTES = 8;

  private final GroupWindows windows;
  private final Aggregation aggregation;
  private final RunTiers runs;
  private final ByteWriter sortKey = new ByteWriter();
  private final ByteWriter part = new ByteWriter();

  /** A group with its sort key. */
  private record Sorted(byte[] key, Group group) {}

  GroupRuns(GroupWindows windows, Aggregation aggregation, SpillDirectory directory) {
    this.windows = windows;
    this.aggregation = aggregation;
    this.runs = new RunTiers(directory, false);
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** Writes all groups of a table, as one run. */
  void spill(GroupTable table) {
    @Nullable Group[] groups = table.takeAll();
    Arrays.sort(groups, windows.merging() ? GroupTable.BY_KEY : GroupTable.BY_HASH);
    SortedRunWriter run = runs.newRun();
    int start = 0;
    while (start < groups.length) {
      int end = endOfKey(groups, start);
      writeOneKey(groups, start, end, run);
      // What has been written need not wait for the rest.
      Arrays.fill(groups, start, end, null);
      start = end;
    }
    runs.add(run.finish());
  }

  /** Where the groups of the same key, neighbours in the order, end. */
  private int endOfKey(@Nullable Group[] groups, int start) {
    Group first = groups[start];
    int end = start + 1;
    while (first != null && end < groups.length && sameKey(first, groups[end])) {
      end++;
    }
    return end;
  }

  private boolean sameKey(Group one, @Nullable Group other) {
    return other != null && hashOf(one) == hashOf(other) && one.isOf(other.key());
  }

  private int hashOf(Group group) {
    return windows.merging() ? group.keyHash : group.hash;
  }

  private void writeOneKey(@Nullable Group[] groups, int start, int end, SortedRunWriter run) {
    if (end - start == 1) {
      write(groups[start], run);
      return;
    }
    Sorted[] byWindow = new Sorted[end - start];
    for (int i = start; i < end; i++) {
      Group group = groups[i];
      if (group != null) {
        encodeSortKey(group);
        byWindow[i - start] = new Sorted(sortKey.toBytes(), group);
      }
    }
    Arrays.sort(byWindow, (one, other) -> Arrays.compareUnsigned(one.key, other.key));
    for (Sorted each : byWindow) {
      write(each.group, run);
    }
  }

  private void write(@Nullable Group group, SortedRunWriter run) {
    if (group != null) {
      encodeSortKey(group);
      aggregation.write(group.accumulator, new Parts(group, run));
    }
  }

  private void encodeSortKey(Group group) {
    group.key().writeTo(sortKey.reset().fixed32(hashOf(group)));
    Coding.encode(windows.coder(), group.window, sortKey);
  }

  /** The parts of one group. */
  private final class Parts implements Aggregation.PartSink {
    private final Group group;
    private final SortedRunWriter run;

    Parts(Group group, SortedRunWriter run) {
      this.group = group;
      this.run = run;
    }

    @Override
    public ByteWriter begin() {
      part.reset();
      return windows.combinesTimestamps() ? part.orderedLong(group.timestampMillis) : part;
    }

    @Override
    public void end() {
      run.append(sortKey.array(), sortKey.size(), part.array(), part.size());
    }
  }

  /** All groups, merged. Nothing is spilled any more. */
  GroupCursor groups() {
    return new Merging(
        new StoredPart(runs.runs(), windows.combinesTimestamps() ? TIMESTAMP_BYTES : 0));
  }

  /** Deletes the runs. */
  void close() {
    runs.close();
  }

  private final class Merging implements GroupCursor {
    private final StoredPart stored;
    private boolean atPart;
    private byte[] lastWindowBytes = new byte[0];
    private @Nullable BoundedWindow lastWindow;

    Merging(StoredPart stored) {
      this.stored = stored;
      this.atPart = stored.next();
    }

    @Override
    public @Nullable Group next() {
      if (!atPart) {
        return null;
      }
      byte[] key = stored.sortKey();
      Group group = decodeSortKey(key);
      group.accumulator = aggregation.read(stored);
      if (windows.combinesTimestamps()) {
        group.timestampMillis = stored.timestampMillis();
      }
      atPart = stored.next();
      while (atPart && Arrays.equals(key, stored.sortKey())) {
        group.accumulator = aggregation.read(group.accumulator, stored);
        if (windows.combinesTimestamps()) {
          group.timestampMillis = windows.combine(group.timestampMillis, stored.timestampMillis());
        }
        atPart = stored.next();
      }
      return group;
    }

    private Group decodeSortKey(byte[] bytes) {
      ByteReader in = new ByteReader(bytes);
      int hash = in.fixed32();
      EncodedKey key = new EncodedKey(in.lengthPrefixed());
      return new Group(key, hash, window(bytes, bytes.length - in.remaining()));
    }

    /** Neighbours mostly share their window. */
    private BoundedWindow window(byte[] bytes, int start) {
      BoundedWindow window = lastWindow;
      if (window == null
          || !Arrays.equals(
              bytes, start, bytes.length, lastWindowBytes, 0, lastWindowBytes.length)) {
        lastWindowBytes = Arrays.copyOfRange(bytes, start, bytes.length);
        window = Coding.decode(windows.coder(), new ByteReader(lastWindowBytes));
        lastWindow = window;
      }
      return window;
    }
  }
}
