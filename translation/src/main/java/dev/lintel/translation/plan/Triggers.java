package dev.lintel.translation.plan;

import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.jspecify.annotations.Nullable;

/** Kinds of triggers that there are short ways for. */
public final class Triggers {
  private Triggers() {}

  /**
   * What {@code Repeatedly.forever(AfterProcessingTime…)} repeats; null if the trigger is something
   * else.
   */
  public static @Nullable AfterProcessingTime repeatedAfterProcessingTime(Trigger trigger) {
    return trigger instanceof Repeatedly
            && trigger.subTriggers().get(0) instanceof AfterProcessingTime repeated
        ? repeated
        : null;
  }
}
