package dev.lintel.runner.splittable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

final class SlicedTrackerTest {
  private long nowMillis = 1_000;
  private final Slice slice = new Slice(new Slice.Limits(() -> nowMillis, 3, 100));
  private final ManualWatermarkEstimator<Instant> estimator =
      new WatermarkEstimators.Manual(new Instant(7));

  @SuppressWarnings({"unchecked", "rawtypes"})
  private SlicedTracker over(RestrictionTracker<?, ?> tracker) {
    slice.begin();
    return new SlicedTracker(
        (RestrictionTracker) tracker, (ManualWatermarkEstimator) estimator, slice);
  }

  @Test
  void theFirstClaimSucceedsHoweverLateItIs() {
    SlicedTracker tracker = over(new OffsetRangeTracker(new OffsetRange(0, 10)));
    nowMillis += 1_000;
    assertThat(tracker.tryClaim(0L)).isTrue();
    assertThat(tracker.split()).isNull();
  }

  @Test
  void theNextClaimAfterTheTimeIsOverFailsAndLeavesTheRest() {
    SlicedTracker tracker = over(new OffsetRangeTracker(new OffsetRange(0, 10)));
    assertThat(tracker.tryClaim(0L)).isTrue();
    assertThat(tracker.tryClaim(4L)).isTrue();
    estimator.setWatermark(new Instant(20));
    nowMillis += 100;
    assertThat(tracker.tryClaim(5L)).isFalse();
    assertThat(tracker.hasClaimFailed()).isTrue();
    assertThat(tracker.split())
        .isEqualTo(
            new SlicedTracker.Split(new OffsetRange(5, 10), new Instant(20), new Instant(20)));
    tracker.checkDone();
  }

  @Test
  void soDoesTheNextAfterEnoughOutputs() {
    SlicedTracker tracker = over(new OffsetRangeTracker(new OffsetRange(0, 10)));
    assertThat(tracker.tryClaim(0L)).isTrue();
    slice.countOutput();
    slice.countOutput();
    assertThat(tracker.tryClaim(1L)).isTrue();
    slice.countOutput();
    assertThat(tracker.tryClaim(2L)).isFalse();
    assertThat(tracker.split().residual()).isEqualTo(new OffsetRange(2, 10));
  }

  @Test
  void aTrackerThatCannotBeSplitGoesOnAndIsAskedOnce() {
    int[] asked = new int[1];
    SlicedTracker tracker =
        over(
            new OffsetRangeTracker(new OffsetRange(0, 3)) {
              @Override
              public SplitResult<OffsetRange> trySplit(double fraction) {
                asked[0]++;
                return null;
              }
            });
    nowMillis += 100;
    assertThat(tracker.tryClaim(0L)).isTrue();
    assertThat(tracker.tryClaim(1L)).isTrue();
    assertThat(tracker.tryClaim(2L)).isTrue();
    assertThat(tracker.tryClaim(3L)).isFalse();
    assertThat(tracker.split()).isNull();
    assertThat(asked[0]).isEqualTo(1);
  }

  @Test
  void aClaimAfterOneThatFailedIsTheUsersError() {
    SlicedTracker tracker = over(new OffsetRangeTracker(new OffsetRange(0, 1)));
    assertThat(tracker.tryClaim(0L)).isTrue();
    assertThat(tracker.tryClaim(1L)).isFalse();
    assertThatThrownBy(() -> tracker.tryClaim(2L))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no claim after one has failed")
        .hasMessageContaining("claim 2");
  }
}
