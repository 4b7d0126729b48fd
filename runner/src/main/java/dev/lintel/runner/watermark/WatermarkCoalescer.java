package dev.lintel.runner.watermark;

import java.util.Arrays;

/**
 * Merges the watermarks of several channels into one: the minimum over those that are not idle.
 *
 * <p>The hard case is a channel that comes back from idleness behind the others: the merged
 * watermark does not go back; that channel's elements may be late, and the merged watermark stands
 * until the channel has caught up. Worked out for two channels A and B: A=10, B idle gives 10; B
 * comes back with 4: the result stays 10; A=20: the result stays 10, as B is at 4; B=15 gives 15.
 * When every channel is idle the result stands still, and {@link #isIdle()} says so.
 */
public final class WatermarkCoalescer {
  private final long[] watermarks;
  private final boolean[] idle;
  private long merged = Timestamps.MIN_MILLIS;

  public WatermarkCoalescer(int channels) {
    watermarks = new long[channels];
    Arrays.fill(watermarks, Timestamps.MIN_MILLIS);
    idle = new boolean[channels];
    if (channels == 0) {
      merged = Timestamps.MAX_MILLIS;
    }
  }

  /** A channel's watermark moved; one that goes back is ignored. Ends the channel's idleness. */
  public void advance(int channel, long millis) {
    idle[channel] = false;
    watermarks[channel] = Math.max(watermarks[channel], millis);
    merge();
  }

  /** An idle channel has elements again: its watermark counts from now on. */
  public void markActive(int channel) {
    idle[channel] = false;
  }

  /** A channel has nothing to say until it advances again. */
  public void markIdle(int channel) {
    idle[channel] = true;
    merge();
  }

  private void merge() {
    long min = Long.MAX_VALUE;
    for (int i = 0; i < watermarks.length; i++) {
      if (!idle[i]) {
        min = Math.min(min, watermarks[i]);
      }
    }
    if (min != Long.MAX_VALUE) {
      merged = Math.max(merged, min);
    }
  }

  public long watermark() {
    return merged;
  }

  /** Every channel is idle. */
  public boolean isIdle() {
    for (boolean one : idle) {
      if (!one) {
        return false;
      }
    }
    return idle.length > 0;
  }
}
