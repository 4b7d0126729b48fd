package dev.lintel.validates.differential.spec;

import java.io.Serializable;

/**
 * One element of a source.
 *
 * @param id unique in its pipeline, so that a smaller pipeline can leave the element out
 * @param time event time in the pipeline's unit
 */
public record Event(int id, String key, long value, long time) implements Serializable {
  @Override
  public String toString() {
    return "e" + id + ":" + key + "=" + value + "@" + time;
  }
}
