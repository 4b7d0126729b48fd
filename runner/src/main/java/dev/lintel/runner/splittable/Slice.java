package dev.lintel.runner.splittable;

import dev.lintel.runner.clock.Clock;

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
}
