package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Batch;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The second level of the write-back cache: cells of one value that were evicted or read lately, as
 * they are stored. An entry takes about 45 bytes where a decoded cell with its key takes 300; so
 * many more keys than are in use at a time are spared the store, which is neither read when they
 * come again nor written more often than snapshots need.
 *
 * <p>Entries are in segments, from the oldest to the one that is being filled. A value that is put
 * again is changed in place, if there is room. Entries leave in the order in which they came, with
 * all of their segment. Large ones are never taken: they go to the store.
 *
 * <p><i>Ownership:</i> one {@link CellStore}. <i>Invariants:</i> an entry that is not dead is in
 * the table, no other is; of one that is dirty the store has an older value or none, of all others
 * this one.
 */
final class PackedValues implements StoredPart {
  /** A deleted value, which the store may still have. */
  static final int ABSENT = PackedSegment.ABSENT;

  /** Nothing is known here: the store is to be asked. */
  static final int UNKNOWN = -2;

  private static final int SEGMENT_BITS_MAX = 18;
  private static final int SEGMENT_BITS_MIN = 10;

  /** There is room for at least so many segments, or nothing is taken. */
  private static final int SEGMENTS_MIN = 16;

  /** An entry takes at most this part of a segment. */
  private static final int ENTRIES_PER_SEGMENT_MIN = 8;

  /** A place in a segment is a positive number. */
  private static final long BYTES_MAX = 1L << 31;

  private final LongSupplier limit;
  private final Batch batch;
  private final ByteWriter writtenKey = new ByteWriter();
  private final ByteWriter writtenValue = new ByteWriter();
  private final PlaceTable table = new PlaceTable();

  /** Zero until it is known how large segments are. */
  private int segmentBits;

  /** By index, with gaps. */
  private @Nullable PackedSegment[] segments = new PackedSegment[0];

  /** Those in use, the oldest first; the last one is being filled. */
  private final ArrayDeque<PackedSegment> inOrder = new ArrayDeque<>();

  private long segmentsBytes;
  private int unwritten;

  // What was found last.
  private PackedSegment foundSegment = new PackedSegment(0, 0);
  private int found;

  /** What is left of a pass of {@link #flushSome}. */
  private @Nullable ArrayDeque<PackedSegment> pass;

  /**
   * @param limit the bytes that may be taken; read again and again
   * @param batch takes what is written; committed before the store is read
   */
  PackedValues(LongSupplier limit, Batch batch) {
    this.limit = limit;
    this.batch = batch;
  }

  /** The memory that is taken. */
  long bytes() {
    return segmentsBytes + table.bytes();
  }

  // ---- the cells ----

  /** The length of the value under a key, or {@link #ABSENT} or {@link #UNKNOWN}. */
  int find(ByteWriter key) {
    return locate(key) == PlaceTable.NONE ? UNKNOWN : foundSegment.valueLength(found);
  }

  /** The value that was found last. Valid until anything else is done here. */
  ByteReader value() {
    return foundSegment.value(found);
  }

  /**
   * Takes a value that the store has, if there is room for it.
   *
   * @param key one of which nothing is known
   */
  void keep(ByteWriter key, byte[] value, int length) {
    if (isTaken(key.size(), length)) {
      append(key, hash(key), value, length);
    }
  }

  /** Takes a new value, which the store is to have later; false if it is none for here. */
  boolean put(ByteWriter key, ByteWriter value) {
    return put(key, value.array(), value.size());
  }

  /** As {@link #put}: the store is to have nothing under the key. */
  boolean putAbsent(ByteWriter key) {
    return put(key, writtenValue.array(), ABSENT);
  }

  private boolean put(ByteWriter key, byte[] value, int length) {
    int hash = hash(key);
    int slot = locate(key, hash);
    boolean taken = isTaken(key.size(), length);
    if (slot != PlaceTable.NONE && !(taken && foundSegment.change(found, value, length))) {
      kill(slot);
      slot = PlaceTable.NONE;
    }
    if (taken) {
      if (slot == PlaceTable.NONE) {
        append(key, hash, value, length);
      }
      unwritten -= foundSegment.unwritten();
      foundSegment.markDirty(found);
      unwritten += foundSegment.unwritten();
    }
    return taken;
  }

  /** The store is about to have this value: what is known here is that, or nothing. */
  void replace(ByteWriter key, ByteWriter value) {
    int slot = locate(key);
    if (slot != PlaceTable.NONE) {
      if (foundSegment.change(found, value.array(), value.size())) {
        markClean();
      } else {
        kill(slot);
      }
    }
  }

  /** The store is about to have another value: nothing is known here. */
  void remove(ByteWriter key) {
    int slot = locate(key);
    if (slot != PlaceTable.NONE) {
      kill(slot);
    }
  }

  private boolean isTaken(int keyLength, int valueLength) {
    return (segmentBits != 0 || chooseSegments())
        && PackedSegment.bytes(keyLength, valueLength)
            <= (1 << segmentBits) / ENTRIES_PER_SEGMENT_MIN;
  }

  private boolean chooseSegments() {
    long bytesMax = limit.getAsLong() / SEGMENTS_MIN;
    if (bytesMax < 1 << SEGMENT_BITS_MIN) {
      return false;
    }
    segmentBits = Math.min(SEGMENT_BITS_MAX, Long.SIZE - 1 - Long.numberOfLeadingZeros(bytesMax));
    return true;
  }

  private static int hash(ByteWriter key) {
    return KeyGroups.hash(key.array(), key.size());
  }

  private int locate(ByteWriter key) {
    return table.isEmpty() ? PlaceTable.NONE : locate(key, hash(key));
  }

  /** Finds the entry of a key; returns its slot, or {@link PlaceTable#NONE}. */
  private int locate(ByteWriter key, int hash) {
    int slot = table.find(hash);
    while (slot != PlaceTable.NONE) {
      int place = table.place(slot);
      PackedSegment segment = segments[place >>> segmentBits];
      int entry = place & ((1 << segmentBits) - 1);
      if (segment != null && segment.isOf(entry, key)) {
        foundSegment = segment;
        found = entry;
        return slot;
      }
      slot = table.findNext(slot);
    }
    return PlaceTable.NONE;
  }

  /** Adds an entry, which is the one that was found last then. */
  private void append(ByteWriter key, int hash, byte[] value, int length) {
    PackedSegment segment = segmentFor(PackedSegment.bytes(key.size(), length));
    foundSegment = segment;
    found = segment.append(key, value, length);
    table.add(hash, segment.index << segmentBits | found);
  }

  private void markClean() {
    unwritten -= foundSegment.unwritten();
    foundSegment.markClean(found);
    unwritten += foundSegment.unwritten();
  }

  /** Takes out the entry that was found last, in this slot. */
  private void kill(int slot) {
    markClean();
    foundSegment.kill(found);
    table.remove(slot);
  }

  // ---- segments ----

  private PackedSegment segmentFor(int entryBytes) {
    PackedSegment last = inOrder.peekLast();
    if (last == null || !last.hasRoom(entryBytes)) {
      last = nextSegment();
      inOrder.addLast(last);
    }
    return last;
  }

  private PackedSegment nextSegment() {
    int segmentBytes = 1 << segmentBits;
    long bytesMax = Math.min(limit.getAsLong(), BYTES_MAX);
    if (bytes() + segmentBytes <= bytesMax || inOrder.isEmpty()) {
      return newSegment(segmentBytes);
    }
    PackedSegment oldest = vacate();
    while (bytes() > bytesMax && !inOrder.isEmpty()) {
      segments[oldest.index] = null;
      segmentsBytes -= oldest.heapBytes();
      oldest = vacate();
    }
    return oldest;
  }

  private PackedSegment newSegment(int segmentBytes) {
    int index = 0;
    while (index < segments.length && segments[index] != null) {
      index++;
    }
    if (index == segments.length) {
      segments = Arrays.copyOf(segments, Math.max(SEGMENTS_MIN, 2 * index));
    }
    PackedSegment segment = new PackedSegment(index, segmentBytes);
    segments[index] = segment;
    segmentsBytes += segment.heapBytes();
    return segment;
  }

  /** Takes the oldest segment out of use: writes what the store doesn't know, and forgets all. */
  private PackedSegment vacate() {
    PackedSegment oldest = inOrder.removeFirst();
    write(oldest);
    batch.commit();
    for (int entry = 0; entry < oldest.end(); entry = oldest.next(entry)) {
      if (!oldest.isDead(entry)) {
        oldest.copyKey(entry, writtenKey);
        table.remove(locate(writtenKey));
      }
    }
    oldest.clear();
    return oldest;
  }

  private void write(PackedSegment segment) {
    unwritten -= segment.unwritten();
    for (int entry = 0; segment.unwritten() > 0; entry = segment.next(entry)) {
      if (segment.isDirty(entry)) {
        segment.copyKey(entry, writtenKey);
        if (segment.valueLength(entry) == ABSENT) {
          batch.delete(writtenKey);
        } else {
          batch.put(writtenKey, segment.copyValue(entry, writtenValue));
        }
        segment.markClean(entry);
      }
    }
    if (batch.bytes() > CellStore.BATCH_BYTES_MAX) {
      batch.commit();
    }
  }

  // ---- writing through ----

  @Override
  public void flush() {
    inOrder.forEach(this::write);
    pass = null;
    batch.commit();
  }

  @Override
  public boolean flushSome(int entriesMax) {
    ArrayDeque<PackedSegment> left = pass;
    if (left == null) {
      left = new ArrayDeque<>(inOrder);
      pass = left;
    }
    int before = unwritten;
    while (before - unwritten < entriesMax && !left.isEmpty()) {
      write(left.removeFirst());
    }
    batch.commit();
    if (left.isEmpty()) {
      pass = null;
    }
    return pass != null;
  }

  @Override
  public int unwritten() {
    return unwritten;
  }

  /** Writes what the store doesn't know, and forgets all: the store is about to be changed. */
  void clear() {
    flush();
    inOrder.clear();
    table.clear();
    segments = new PackedSegment[0];
    segmentBits = 0;
    segmentsBytes = 0;
  }
}
