package dev.lintel.runner.exchange;

import org.jspecify.annotations.Nullable;

/**
 * One producer task to one consumer task inside an exchange.
 *
 * <p><i>Contract:</i> ordered and bounded; nothing is lost or duplicated. {@link #offer} and {@link
 * #wakeConsumer} are called by the producer's thread only, {@link #poll} by the consumer's only;
 * neither waits.
 */
public interface Channel {
  /** Hands a frame over; false if the channel is full. */
  boolean offer(Frame frame);

  /**
   * Wakes the consumer for what was handed over. Called once for several frames that belong
   * together.
   */
  void wakeConsumer();

  /** The next frame, or null if there is none; wakes a producer that found the channel full. */
  @Nullable Frame poll();
}
