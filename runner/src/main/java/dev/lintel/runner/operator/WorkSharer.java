package dev.lintel.runner.operator;

import java.util.List;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * An operator whose work can be done in any slot of its stage, and may move from a slot that has
 * some to one that has none.
 *
 * <p><i>Contract:</i> between {@link #beginSharing} and {@link #endSharing} it holds the task's
 * output watermark at the beginning of time, as work may come whose output is that early.
 * <i>Ownership:</i> the task's thread.
 */
public interface WorkSharer extends StreamOperator {
  /** The work is bounded, and so may be shared. */
  boolean mayShare();

  void beginSharing();

  /** No slot of the stage has work left. */
  void endSharing();

  /** Another slot wants some of its work. */
  void requestWork();

  /** The other slot has been told that there is none. */
  void withdrawRequest();

  /**
   * Between bundles, if it has been asked: what it gives away, which is nothing if its work can't
   * be divided. Null if it can't say before it has worked on.
   */
  @Nullable List<WindowedValue<?>> offerWork();

  /** Takes what another slot has given away. */
  void takeWork(List<WindowedValue<?>> work);
}
