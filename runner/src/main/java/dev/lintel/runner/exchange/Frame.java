package dev.lintel.runner.exchange;

import dev.lintel.state.EncodedKey;
import java.util.List;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * What a channel carries, in order. A frame belongs to the consumer once it has been handed over.
 */
public sealed interface Frame {

  /** Elements by reference, with their encoded keys if the exchange is by key. */
  final class Elements implements Frame {
    private final WindowedValue<?>[] values;
    private final @Nullable EncodedKey @Nullable [] keys;
    private int size;

    Elements(int capacity, boolean keyed) {
      values = new WindowedValue<?>[capacity];
      keys = keyed ? new EncodedKey[capacity] : null;
    }

    /**
     * @param keys of the elements, in their order; null if the exchange is not by key
     */
    public static Elements of(List<WindowedValue<?>> values, @Nullable List<EncodedKey> keys) {
      Elements elements = new Elements(values.size(), keys != null);
      for (int i = 0; i < values.size(); i++) {
        elements.add(values.get(i), keys == null ? null : keys.get(i));
      }
      return elements;
    }

    void add(WindowedValue<?> value, @Nullable EncodedKey key) {
      values[size] = value;
      if (keys != null && key != null) {
        keys[size] = key;
      }
      size++;
    }

    boolean isFull() {
      return size == values.length;
    }

    public int size() {
      return size;
    }

    public WindowedValue<?> value(int index) {
      return values[index];
    }

    /** Of the elements, in their order, the first {@link #size()}; null as {@link #key}. */
    public @Nullable EncodedKey @Nullable [] keys() {
      return keys;
    }

    /** The encoded key of an element; null if the exchange is not by key. */
    public @Nullable EncodedKey key(int index) {
      return keys == null ? null : keys[index];
    }
  }

  /** No element with an earlier timestamp follows, except late ones. */
  record Watermark(long millis) implements Frame {}

  /**
   * The producer has nothing to say for now: its watermark is to be left out until another frame
   * comes.
   */
  record Idle() implements Frame {
    public static final Idle INSTANCE = new Idle();
  }

  /**
   * What came before belongs to a checkpoint, what follows does not.
   *
   * @param checkpoint its number; numbers grow
   * @param portable its state is to be in a format that every backend can open
   * @param stops nothing follows, unless the checkpoint is given up: the job is being stopped
   */
  record Barrier(long checkpoint, boolean portable, boolean stops) implements Frame {}

  /** Nothing follows. The watermark of the channel is at the end of time. */
  record EndOfInput() implements Frame {
    public static final EndOfInput INSTANCE = new EndOfInput();
  }
}
