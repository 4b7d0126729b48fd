package dev.lintel.runner.splittable;

import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The tracker that the user's {@code @ProcessElement} gets: splits off what is left when the slice
 * is over, so that the user's next claim fails. If another slot wants work, half of it is split off
 * for that one first: an element that outlasts a slice is worth dividing.
 *
 * <p>It looks at each claim but the first: some work is done in every call, or there would be no
 * end to it. A tracker that can't be split just goes on. Splitting on the user's own thread,
 * between two claims, is as early as from any other: only a claim tells the user.
 */
final class SlicedTracker extends RestrictionTracker<Object, Object> {
  private static final double HALF = 0.5;

  private final RestrictionTracker<Object, Object> tracker;
  private final WatermarkEstimator<Object> estimator;
  private final Slice slice;
  private boolean claimed;
  private boolean claimFailed;
  private boolean splitTried;
  private @Nullable Split split;
  private boolean shareTried;
  private @Nullable Split shared;

  /** What was split off, with the state and watermark that the estimator had at that moment. */
  record Split(Object residual, @Nullable Object estimatorState, Instant watermark) {}

  SlicedTracker(
      RestrictionTracker<Object, Object> tracker,
      WatermarkEstimator<Object> estimator,
      Slice slice) {
    this.tracker = tracker;
    this.estimator = estimator;
    this.slice = slice;
  }

  @Override
  public boolean tryClaim(Object position) {
    if (claimFailed) {
      throw new IllegalStateException(
          "Expected no claim after one has failed, but @ProcessElement tried to claim " + position);
    }
    if (claimed && !splitTried && slice.isOver()) {
      if (slice.wantsSplit()) {
        shareTried = true;
        shared = split(HALF);
      }
      splitOff();
    }
    if (tracker.tryClaim(position)) {
      claimed = true;
      return true;
    }
    claimFailed = true;
    return false;
  }

  /** Splits off all that has not been claimed, unless that has been done. */
  void splitOff() {
    if (split != null) {
      return;
    }
    splitTried = true;
    split = split(0);
  }

  private @Nullable Split split(double fractionOfRemainder) {
    Instant watermark = estimator.currentWatermark();
    Object state = estimator.getState();
    SplitResult<Object> result = tracker.trySplit(fractionOfRemainder);
    return result == null ? null : new Split(result.getResidual(), state, watermark);
  }

  /** A split for another slot has been tried. */
  boolean hasTriedToShare() {
    return shareTried;
  }

  /** What was split off for another slot. */
  @Nullable Split shared() {
    return shared;
  }

  boolean hasClaimFailed() {
    return claimFailed;
  }

  @Nullable Split split() {
    return split;
  }

  @Override
  public Object currentRestriction() {
    return tracker.currentRestriction();
  }

  @Override
  public @Nullable SplitResult<Object> trySplit(double fractionOfRemainder) {
    return tracker.trySplit(fractionOfRemainder);
  }

  @Override
  public void checkDone() {
    tracker.checkDone();
  }

  @Override
  public IsBounded isBounded() {
    return tracker.isBounded();
  }
}
