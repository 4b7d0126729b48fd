package dev.lintel.runner.splittable;

import dev.lintel.runner.clock.Clock;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * How much of its restrictions a splittable DoFn may process in a bundle: until so many elements
 * are out, or so much time has passed. Then what is left becomes a {@link Residual}.
 *
 * <p><i>Ownership:</i> one operator.
 */
public final class Slice {
  private final Limits limits;
  private long endMillis;
  private int outputs;
  private boolean splitWanted;
  private @Nullable WindowedValue<KV<Object, KV<Object, @Nullable Object>>> splitOff;

  /**
   * The size of a slice.
   *
   * @param outputsMax in elements
   * @param millisMax from the start of the bundle
   */
  public record Limits(Clock clock, int outputsMax, long millisMax) {}

  public Slice(Limits limits) {
    this.limits = limits;
  }

  /** A bundle begins. */
  public void begin() {
    outputs = 0;
    endMillis = limits.clock.millis() + limits.millisMax;
  }

  void countOutput() {
    outputs++;
  }

  /** Elements emitted since the bundle began. */
  public int outputs() {
    return outputs;
  }

  /** It is time to stop. */
  public boolean isOver() {
    return outputs >= limits.outputsMax || limits.clock.millis() >= endMillis;
  }

  /** Another slot has nothing to do: half of an element that outlasts the slice is for that one. */
  public void wantSplit() {
    splitWanted = true;
  }

  /** Nobody waits for it any more. */
  public void wantNoSplit() {
    splitWanted = false;
  }

  /** The attempt was made, with or without success. */
  void splitTried(@Nullable WindowedValue<KV<Object, KV<Object, @Nullable Object>>> part) {
    splitWanted = false;
    splitOff = part;
  }

  /** Takes what was split off for another slot; null if nothing was. */
  public @Nullable WindowedValue<KV<Object, KV<Object, @Nullable Object>>> takeSplitOff() {
    WindowedValue<KV<Object, KV<Object, @Nullable Object>>> part = splitOff;
    splitOff = null;
    return part;
  }

  /** A split is wanted, and there has been no chance to try it yet. */
  public boolean wantsSplit() {
    return splitWanted;
  }
}
