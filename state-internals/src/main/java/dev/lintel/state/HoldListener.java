package dev.lintel.state;

/**
 * Is told of every timestamp that begins or ceases to hold the output watermark back. Timestamps
 * are counted: the same one may be added many times, and is then removed as often.
 */
public interface HoldListener {
  void holdAdded(long timestampMillis);

  void holdRemoved(long timestampMillis);
}
