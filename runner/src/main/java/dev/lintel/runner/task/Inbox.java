package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.runner.watermark.WatermarkCoalescer;
import dev.lintel.translation.plan.Exchange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's side of one exchange: its channels from each producer task, taken in turn, and
 * their merged watermark and barriers.
 *
 * <p><i>Ownership:</i> one task.
 */
public final class Inbox {
  private final Exchange exchange;
  private final Channel[] channels;
  private final WatermarkCoalescer watermarks;

  /** Channels that have given the barrier of the checkpoint that is being aligned. */
  private final boolean[] gaveBarrier;

  private final boolean[] ended;

  /** Frames that were taken out of a channel ahead of their turn; they come before its others. */
  private final List<ArrayDeque<Frame>> ahead = new ArrayList<>();

  private @Nullable Alignment alignment;

  /** Channels that have not given the barrier are emptied by {@link #record} alone. */
  private boolean recording;

  private int next;
  private int open;
  private long received;

  public Inbox(Exchange exchange, Channel[] channels) {
    this.exchange = exchange;
    this.channels = channels.clone();
    this.gaveBarrier = new boolean[channels.length];
    this.ended = new boolean[channels.length];
    this.open = channels.length;
    this.watermarks = new WatermarkCoalescer(channels.length);
    for (int i = 0; i < channels.length; i++) {
      ahead.add(new ArrayDeque<>(0));
    }
  }

  Exchange exchange() {
    return exchange;
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
      if (gaveBarrier[channel] && isHeldBack()) {
        continue;
      }
      Frame frame = poll(channel);
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

  private @Nullable Frame poll(int channel) {
    Frame frame = ahead.get(channel).poll();
    if (frame == null && (!recording || gaveBarrier[channel])) {
      frame = channels[channel].poll();
    }
    return frame;
  }

  private void takeIn(int channel, Frame frame) {
    if (frame instanceof Frame.Watermark watermark) {
      watermarks.advance(channel, watermark.millis());
    } else if (frame instanceof Frame.Idle) {
      watermarks.markIdle(channel);
    } else if (frame instanceof Frame.Barrier barrier) {
      if (alignment != null && alignment.arrived(barrier)) {
        gaveBarrier[channel] = true;
      }
    } else if (frame instanceof Frame.EndOfInput) {
      watermarks.advance(channel, Timestamps.MAX_MILLIS);
      ended[channel] = true;
      open--;
      if (alignment != null && !gaveBarrier[channel]) {
        alignment.endedWithoutBarrier();
      }
    }
  }

  // ---- barriers ----

  /** Barriers are reported to an alignment from now on. */
  void attach(Alignment newAlignment) {
    alignment = newAlignment;
  }

  private boolean isHeldBack() {
    return alignment != null && alignment.holdsBack() && !recording;
  }

  /** Returns how many channels will give a barrier, unless they end before. */
  int expectBarriers() {
    return open;
  }

  /** Every channel has given the barrier of the current checkpoint, or ended. */
  boolean gaveBarriers() {
    for (int i = 0; i < channels.length; i++) {
      if (!gaveBarrier[i] && !ended[i]) {
        return false;
      }
    }
    return true;
  }

  /** Takes from every channel again. */
  void release() {
    Arrays.fill(gaveBarrier, false);
    recording = false;
  }

  /**
   * The snapshot does not wait for the barriers that are missing: what is before them is to be
   * recorded, first of all what has been taken out of the channels already.
   */
  void beginRecording(Consumer<Frame.Elements> recorder) {
    recording = true;
    for (ArrayDeque<Frame> frames : ahead) {
      for (Frame frame : frames) {
        if (frame instanceof Frame.Elements elements) {
          recorder.accept(elements);
        }
      }
    }
  }

  /**
   * Takes all that has come before the missing barriers, ahead of its turn.
   *
   * @return whether no barrier is missing any more
   */
  boolean record(Frame.Barrier barrier, Consumer<Frame.Elements> recorder) {
    boolean complete = true;
    for (int i = 0; i < channels.length; i++) {
      complete &= gaveBarrier[i] || ended[i] || record(i, barrier, recorder);
    }
    return complete;
  }

  private boolean record(int channel, Frame.Barrier barrier, Consumer<Frame.Elements> recorder) {
    ArrayDeque<Frame> taken = ahead.get(channel);
    while (true) {
      Frame last = taken.peekLast();
      if (last instanceof Frame.EndOfInput) {
        return true;
      }
      if (last instanceof Frame.Barrier found) {
        if (found.checkpoint() > barrier.checkpoint()) {
          return false; // That this checkpoint was given up is on its way to the task.
        }
        taken.removeLast();
        received++;
        if (found.checkpoint() == barrier.checkpoint()) {
          gaveBarrier[channel] = true;
          return true;
        }
      }
      Frame frame = channels[channel].poll();
      if (frame == null) {
        return false;
      }
      taken.add(frame);
      if (frame instanceof Frame.Elements elements) {
        recorder.accept(elements);
      }
    }
  }

  /** Puts elements before all others: they were on their way when a checkpoint was taken. */
  void putAhead(Frame.Elements elements) {
    ahead.get(0).add(elements);
    // Nobody has sent this frame in this life of the job: sent and received are to come out even.
    received--;
  }

  // ---- progress ----

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
