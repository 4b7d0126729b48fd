package dev.lintel.faults.pipeline;

import dev.lintel.faults.input.Event;
import java.util.List;
import org.apache.beam.sdk.values.KV;

/** What the pipeline writes, as text: one place for it and for who knows what it should be. */
public final class Result {
  private static final long BUCKET_MILLIS = 2_000;

  private Result() {}

  /** The stretch of event time that a time is in. */
  public static long bucketOf(long timeMillis) {
    return (timeMillis - Event.FIRST_MILLIS) / BUCKET_MILLIS;
  }

  static long bucketEndMillis(long bucket) {
    return Event.FIRST_MILLIS + (bucket + 1) * BUCKET_MILLIS;
  }

  /** An event is the so-manieth of its key, counted from one. */
  public static KV<String, String> sequence(String key, long number, long id) {
    return KV.of(key, "sequence " + number + " is " + id);
  }

  /** So many events of a key have times in a bucket, and all their ids come together to this. */
  public static KV<String, String> bucket(String key, long bucket, Events events) {
    return KV.of(key, "bucket " + bucket + " has " + events);
  }

  /**
   * @param firstMillis the time of its first event
   * @param ids in ascending order
   */
  public static KV<String, String> session(String key, long firstMillis, List<Long> ids) {
    return KV.of(key, "session " + (firstMillis - Event.FIRST_MILLIS) + " has " + ids);
  }

  public static KV<String, String> rate(String key, long id, long rate) {
    return KV.of(key, "rate of " + id + " is " + rate);
  }

  /**
   * Some events.
   *
   * @param mixed of their ids
   */
  public record Events(long count, long mixed) {
    public static final Events NONE = new Events(0, 0);

    public Events with(long id) {
      return new Events(count + 1, mixed + id * id);
    }

    @Override
    public String toString() {
      return count + " (" + mixed + ")";
    }
  }
}
