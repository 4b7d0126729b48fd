package dev.lintel.validates.differential.spec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Makes the sources of a pipeline. */
final class SourceGenerator {
  private static final String[] KEYS = {"a", "b", "c", "d"};
  private static final int VALUES = 20;
  private static final int TIMES = 60;

  private final SplittableRandom random;
  private int nextId;

  SourceGenerator(SplittableRandom random) {
    this.random = random;
  }

  /** A source whose elements are never late. */
  Op read() {
    int dice = random.nextInt(20);
    if (dice == 0) {
      return new Op.Nothing();
    } else if (dice < 3) {
      return new Op.Sequence(1 + random.nextInt(30));
    }
    boolean uniqueTimes = random.nextBoolean();
    List<List<Event>> parts = new ArrayList<>();
    int partCount = 1 + random.nextInt(3);
    for (int part = 0; part < partCount; part++) {
      List<Event> events = new ArrayList<>();
      int size = random.nextInt(10);
      for (int i = 0; i < size; i++) {
        events.add(event(uniqueTimes ? nextId * 7L % TIMES : random.nextInt(TIMES)));
      }
      parts.add(events);
    }
    Op.ReadKind[] kinds = Op.ReadKind.values();
    return new Op.Read(kinds[random.nextInt(kinds.length)], parts);
  }

  private Event event(long time) {
    return new Event(nextId++, KEYS[random.nextInt(KEYS.length)], random.nextInt(VALUES), time);
  }

  /**
   * A TestStream. In half of them nothing is late; in one in four a step may add several elements
   * with one key.
   */
  Op script() {
    boolean late = random.nextBoolean();
    boolean anyKeys = random.nextInt(4) == 0;
    boolean single = random.nextInt(3) == 0;
    List<ScriptStep> steps = new ArrayList<>();
    long watermark = 0;
    int count = 4 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      int dice = random.nextInt(10);
      if (dice < 6) {
        int size = single ? 1 : 1 + random.nextInt(3);
        steps.add(new ScriptStep.Add(events(size, late ? 0 : watermark, watermark, anyKeys)));
      } else if (dice < 9) {
        watermark += 1 + random.nextInt(15);
        steps.add(new ScriptStep.Watermark(watermark));
      } else {
        steps.add(new ScriptStep.ProcessingTime(1 + random.nextInt(5)));
      }
    }
    // Timers in processing time fire before the end: what becomes of them after it, Beam leaves
    // open.
    steps.add(new ScriptStep.ProcessingTime(1_000));
    return new Op.Script(steps);
  }

  private List<Event> events(int size, long earliest, long watermark, boolean anyKeys) {
    List<Integer> keys = new ArrayList<>();
    for (int i = 0; i < KEYS.length; i++) {
      keys.add(i);
    }
    Collections.rotate(keys, random.nextInt(KEYS.length));
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int key = anyKeys ? random.nextInt(KEYS.length) : keys.get(i);
      // Around the watermark, where it is decided what is late.
      long time = Math.max(earliest, watermark - 12 + random.nextInt(36));
      events.add(new Event(nextId++, KEYS[key], random.nextInt(VALUES), time));
    }
    events.sort(Comparator.comparing(Event::key));
    return events;
  }
}
