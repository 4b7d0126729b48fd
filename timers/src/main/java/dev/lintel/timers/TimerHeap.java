package dev.lintel.timers;

/**
 * Timers in a heap with four children to a node: the part of {@link TimerOrder} for timers that
 * were set lately.
 *
 * <p><i>Ownership:</i> one {@link TimerOrder}.
 */
final class TimerHeap {
  private final TimerSlots slots = new TimerSlots(0);

  int size() {
    return slots.size();
  }

  /** The slots; the first, if there is one, is the smallest. */
  TimerSlots slots() {
    return slots;
  }

  void push(TimerEntry entry) {
    long time = entry.timestamp;
    int hole = slots.size();
    slots.append(time, entry);
    while (hole > 0) {
      int parent = (hole - 1) >> 2;
      if (!slots.before(time, entry, parent)) {
        break;
      }
      slots.move(parent, hole);
      hole = parent;
    }
    slots.put(hole, time, entry);
  }

  void removeFirst() {
    int last = slots.size() - 1;
    long time = slots.time(last);
    TimerEntry entry = slots.timer(last);
    slots.truncate(last);
    if (last > 0) {
      siftDown(time, entry, last);
    }
  }

  private void siftDown(long time, TimerEntry entry, int size) {
    int hole = 0;
    for (int first = 1; first < size; first = 4 * hole + 1) {
      int smallest = first;
      int end = Math.min(first + 4, size);
      for (int child = first + 1; child < end; child++) {
        if (slots.before(child, slots, smallest)) {
          smallest = child;
        }
      }
      if (slots.before(time, entry, smallest)) {
        break;
      }
      slots.move(smallest, hole);
      hole = smallest;
    }
    slots.put(hole, time, entry);
  }
}
