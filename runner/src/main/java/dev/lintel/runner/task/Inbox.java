package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.runner.watermark.WatermarkCoalescer;
import dev.lintel.translation.plan.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's side of one exchange: its channels from each producer task, taken in turn, and
 * their merged watermark.
 *
 * <p><i>Ownership:</i> one task.
 */
public final class Inbox {
  private final Exchange exchange;
  private final Channel[] channels;
  private final WatermarkCoalescer watermarks;
  private int next;
  private int open;
  private long received;

  public Inbox(Exchange exchange, Channel[] channels) {
    this.exchange = exchange;
    this.channels = channels.clone();
    this.open = channels.length;
    this.watermarks = new WatermarkCoalescer(channels.length);
  }

  /** Index of the operator that takes the elements. */
  int operator() {
    return exchange.operator();
  }

  /** Null for a main input. */
  @Nullable String sideInput() {
    return exchange.sideInput();
  }

  /**
   * The next elements of any channel; frames of other kinds are taken in and show in the accessors
   * below.
   */
  Frame.@Nullable Elements poll() {
    for (int tries = channels.length; tries > 0; tries--) {
      int channel = next;
      next = next + 1 == channels.length ? 0 : next + 1;
      Frame frame = channels[channel].poll();
      if (frame == null) {
        continue;
      }
      received++;
      if (frame instanceof Frame.Elements elements) {
        watermarks.markActive(channel);
        return elements;
      }
      takeIn(channel, frame);
    }
    return null;
  }

  private void takeIn(int channel, Frame frame) {
    if (frame instanceof Frame.Watermark watermark) {
      watermarks.advance(channel, watermark.millis());
    } else if (frame instanceof Frame.Idle) {
      watermarks.markIdle(channel);
    } else if (frame instanceof Frame.EndOfInput) {
      watermarks.advance(channel, Timestamps.MAX_MILLIS);
      open--;
    }
  }

  long watermark() {
    return watermarks.watermark();
  }

  boolean isIdle() {
    return watermarks.isIdle();
  }

  /** Every channel has ended, and nothing is left in any. */
  boolean isEnded() {
    return open == 0;
  }

  /** Frames taken so far. */
  long framesReceived() {
    return received;
  }
}
