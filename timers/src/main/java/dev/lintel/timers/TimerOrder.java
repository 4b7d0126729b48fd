package dev.lintel.timers;

import org.jspecify.annotations.Nullable;

/**
 * The timers of the head in the order in which they fire: a sorted run, which is read from its
 * front, and a heap for what was set since the run was made. When the heap has grown to half of the
 * run, the two become a new run. Taking a timer from a run is reading the next slot; a heap of a
 * million costs some ten cache misses for each.
 *
 * <p>A timer that is deleted or moves keeps its slot. A slot counts if its timer is in the head and
 * the slot's time is the timer's {@code slotTime}; it is void otherwise. A timer that moves to a
 * later timestamp keeps a slot that is too early, and gets its right place when that slot comes to
 * the front: so setting a timer later and later (each element of a session does) costs nothing
 * here. A timer that moves to an earlier timestamp gets a second slot, and the first one is void.
 * When more slots are void than count, they are cleaned up.
 *
 * <p><i>Ownership:</i> one {@link TimerQueue}. <i>Invariants:</i> each timer of the head has a slot
 * that counts, not after the timer's timestamp. Two slots of a timer that both count have the same
 * time; the second is void once the first one's timer has fired.
 */
final class TimerOrder {
  private static final int SMALL_HEAP_MAX = 4096;
  private static final int VOID_SLOTS_MIN = 1024;

  private TimerHeap heap = new TimerHeap();
  private TimerSlots run = new TimerSlots(0);
  private int runStart;
  private boolean firstIsInRun;
  private int settleNumber;

  /** Gives a timer of the head a slot at its timestamp. */
  void push(TimerEntry entry) {
    entry.slotTime = entry.timestamp;
    heap.push(entry);
  }

  /** The first timer, or null if there is none. */
  @Nullable TimerEntry peek() {
    if (heap.size() > SMALL_HEAP_MAX && heap.size() > runSize() / 2) {
      settle();
    }
    while (runSize() + heap.size() > 0) {
      firstIsInRun = heap.size() == 0 || (runSize() > 0 && !heap.slots().before(0, run, runStart));
      TimerSlots slots = firstIsInRun ? run : heap.slots();
      int slot = firstIsInRun ? runStart : 0;
      TimerEntry first = slots.timer(slot);
      boolean counts = slots.counts(slot);
      if (counts && first.timestamp == slots.time(slot)) {
        return first;
      }
      removeFirst();
      if (counts) {
        push(first);
      }
    }
    return null;
  }

  /** Removes the slot of the timer that {@link #peek} just gave. */
  void removeFirst() {
    if (firstIsInRun) {
      run.release(runStart++);
      if (runStart == run.size()) {
        run = new TimerSlots(0);
        runStart = 0;
      }
    } else {
      heap.removeFirst();
    }
  }

  /** Cleans up if most slots are void. {@code live} is the number of timers in the head. */
  void dropVoidIfMany(int live) {
    int slots = runSize() + heap.size();
    if (slots > VOID_SLOTS_MIN && slots > 2L * live) {
      settle();
    }
  }

  /** Makes one run of all timers and drops void slots; returns how many timers there are. */
  int settle() {
    settleNumber++;
    TimerSlots inOrder = new TimerSlots(runSize());
    TimerSlots others = new TimerSlots(heap.size());
    for (int slot = runStart; slot < run.size(); slot++) {
      collect(run, slot, inOrder, others);
    }
    for (int slot = 0; slot < heap.size(); slot++) {
      collect(heap.slots(), slot, others, others);
    }
    heap = new TimerHeap();
    SlotSort.sort(others);
    run = TimerSlots.merged(inOrder, others);
    runStart = 0;
    return run.size();
  }

  private void collect(TimerSlots from, int slot, TimerSlots inOrder, TimerSlots others) {
    TimerEntry entry = from.timer(slot);
    if (!from.counts(slot) || entry.seenInSettle == settleNumber) {
      return;
    }
    entry.seenInSettle = settleNumber;
    boolean moved = entry.timestamp != entry.slotTime;
    entry.slotTime = entry.timestamp;
    (moved ? others : inOrder).append(entry.timestamp, entry);
  }

  /** After {@link #settle}: the timer at a place of the order. */
  TimerEntry at(int place) {
    return run.timer(place);
  }

  /** After {@link #settle}: removes the timers from a place on. */
  void truncate(int place) {
    run.truncate(place);
  }

  private int runSize() {
    return run.size() - runStart;
  }
}
