package dev.lintel.validates.differential.pipeline;

import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * Splittable DoFns that give an element n times, with other values, at the element's own timestamp.
 */
final class SplittableFns {
  private SplittableFns() {}

  private static KV<String, Long> copy(KV<String, Long> element, long number) {
    return KV.of(element.getKey(), element.getValue() + 100 * number);
  }

  @DoFn.BoundedPerElement
  static final class Bounded extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final int copies;

    Bounded(int copies) {
      this.copies = copies;
    }

    @GetInitialRestriction
    public OffsetRange initialRestriction() {
      return new OffsetRange(0, copies);
    }

    @SplitRestriction
    public void split(@Restriction OffsetRange range, OutputReceiver<OffsetRange> out) {
      range.split(2, 1).forEach(out::output);
    }

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<KV<String, Long>> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(copy(element, i));
      }
    }
  }

  /** Pauses after each element; its watermark stays at the element until the last copy is out. */
  @DoFn.UnboundedPerElement
  static final class Unbounded extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final int copies;

    Unbounded(int copies) {
      this.copies = copies;
    }

    @GetInitialRestriction
    public OffsetRange initialRestriction() {
      return new OffsetRange(0, copies);
    }

    @GetInitialWatermarkEstimatorState
    public Instant initialEstimate(@Timestamp Instant timestamp) {
      return timestamp;
    }

    @NewWatermarkEstimator
    public WatermarkEstimator<Instant> estimator(@WatermarkEstimatorState Instant estimate) {
      return new WatermarkEstimators.Manual(estimate);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element KV<String, Long> element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<KV<String, Long>> out) {
      long next = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(next)) {
        return ProcessContinuation.stop();
      }
      out.output(copy(element, next));
      return ProcessContinuation.resume();
    }
  }
}
