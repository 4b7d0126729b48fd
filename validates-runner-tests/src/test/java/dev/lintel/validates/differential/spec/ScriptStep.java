package dev.lintel.validates.differential.spec;

import java.util.List;

/** One step of a {@code TestStream}; it has its full effect before the next one begins. */
public sealed interface ScriptStep {

  /** Elements that come at once, in no order. */
  record Add(List<Event> events) implements ScriptStep {
    @Override
    public String toString() {
      return "add" + events;
    }
  }

  /**
   * Moves the watermark.
   *
   * @param time in the pipeline's unit
   */
  record Watermark(long time) implements ScriptStep {
    @Override
    public String toString() {
      return "watermark=" + time;
    }
  }

  /**
   * Moves the processing time on.
   *
   * @param duration in the pipeline's unit
   */
  record ProcessingTime(long duration) implements ScriptStep {
    @Override
    public String toString() {
      return "processingTime+" + duration;
    }
  }
}
