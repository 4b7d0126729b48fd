package dev.lintel.runner.simulation;

import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.exchange.LocalChannel;
import dev.lintel.runner.exchange.Waker;
import org.jspecify.annotations.Nullable;

/**
 * A channel that is full, or slow, when the story says so, and looks at what goes through it: no
 * element is late that need not be, watermarks and barriers are in order, nothing follows the end.
 */
final class SimulatedChannel implements Channel {
  private final Channel channel;
  private final String name;

  /** One of so many offers is refused, and one of so many polls finds nothing. */
  private final int slowness;

  private long watermarkMillis = Long.MIN_VALUE;
  private long barrier;
  private boolean ended;

  /** For {@link Mutation#BARRIER_OVERTAKES}. */
  private @Nullable Frame keptBack;

  SimulatedChannel(Waker producer, Waker consumer, int slowness) {
    this.channel = new LocalChannel(producer, consumer);
    this.name = producer + " -> " + consumer;
    this.slowness = slowness;
  }

  @Override
  public boolean offer(Frame frame) {
    World world = World.get();
    if (world.random().nextInt(slowness * 4) == 0) {
      return false;
    }
    Frame sent = frame;
    if (world.has(Mutation.EARLY_WATERMARK) && frame instanceof Frame.Watermark watermark) {
      sent = new Frame.Watermark(watermark.millis() + 1);
    }
    if (world.has(Mutation.BARRIER_OVERTAKES) && overtake(frame)) {
      return true;
    }
    if (!channel.offer(sent)) {
      return false;
    }
    check(sent);
    return true;
  }

  /** Keeps elements back until the frame behind them has gone; a mutation. */
  private boolean overtake(Frame frame) {
    Frame before = keptBack;
    if (before == null && frame instanceof Frame.Elements) {
      keptBack = frame;
      return true;
    }
    if (before != null) {
      boolean overtaken = frame instanceof Frame.Barrier && channel.offer(frame);
      if (!channel.offer(before)) {
        throw new IllegalStateException("Expected room in the channel of a mutation");
      }
      keptBack = null;
      return overtaken;
    }
    return false;
  }

  private void check(Frame frame) {
    World world = World.get();
    if (ended) {
      world.violate("Expected nothing behind the end of " + name + ", but " + frame);
    }
    if (frame instanceof Frame.Elements elements) {
      for (int i = 0; i < elements.size(); i++) {
        long timestamp = elements.value(i).getTimestamp().getMillis();
        if (timestamp < watermarkMillis) {
          world.violate(
              "Expected no late element, but %s has %s behind the watermark %s"
                  .formatted(name, elements.value(i), watermarkMillis));
        }
      }
    } else if (frame instanceof Frame.Watermark watermark) {
      if (watermark.millis() < watermarkMillis) {
        world.violate(
            "Expected watermarks to grow, but %s has %s behind %s"
                .formatted(name, watermark, watermarkMillis));
      }
      watermarkMillis = watermark.millis();
    } else if (frame instanceof Frame.Barrier next) {
      if (next.checkpoint() <= barrier) {
        world.violate(
            "Expected barriers in their order, but %s has %s behind %s"
                .formatted(name, next, barrier));
      }
      barrier = next.checkpoint();
    } else if (frame instanceof Frame.EndOfInput) {
      ended = true;
    }
  }

  @Override
  public void wakeConsumer() {}

  @Override
  public @Nullable Frame poll() {
    return World.get().random().nextInt(slowness) == 0 ? null : channel.poll();
  }
}
