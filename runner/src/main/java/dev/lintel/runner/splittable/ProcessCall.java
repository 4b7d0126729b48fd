package dev.lintel.runner.splittable;

import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.DoFnOutputReceivers;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.util.OutputBuilderSuppliers;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/** What {@code @ProcessElement} of a splittable DoFn can ask for. */
final class ProcessCall extends RestrictionCall {
  private final SplittableProcessContext context;
  private @Nullable SlicedTracker tracker;
  private @Nullable WatermarkEstimator<Object> estimator;

  ProcessCall(CallSettings settings, WindowedValue<Object> element, Slice slice) {
    super(settings, element);
    context = new SplittableProcessContext(settings, element, slice);
  }

  /** The call itself: until here, only what it needs was made. */
  void begin(SlicedTracker newTracker, WatermarkEstimator<Object> newEstimator) {
    tracker = newTracker;
    estimator = newEstimator;
    context.observe(newEstimator);
  }

  @Override
  public DoFn<Object, Object>.ProcessContext processContext(DoFn<Object, Object> doFn) {
    return context;
  }

  @Override
  public Object restriction() {
    return tracker == null ? super.restriction() : tracker.currentRestriction();
  }

  @Override
  public RestrictionTracker<?, ?> restrictionTracker() {
    return begun(tracker);
  }

  @Override
  public WatermarkEstimator<?> watermarkEstimator() {
    return begun(estimator);
  }

  private static <T> T begun(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(
          "Expected the tracker and the estimator to be made before @ProcessElement is called");
    }
    return part;
  }

  @Override
  public OutputReceiver<Object> outputReceiver(DoFn<Object, Object> doFn) {
    return DoFnOutputReceivers.windowedReceiver(
        context, OutputBuilderSuppliers.supplierForElement(element), settings.outputs().mainTag());
  }

  @Override
  public OutputReceiver<Row> outputRowReceiver(DoFn<Object, Object> doFn) {
    TupleTag<Object> mainTag = settings.outputs().mainTag();
    if (settings.outputs().coders().get(mainTag) instanceof SchemaCoder<?> coder) {
      @SuppressWarnings("unchecked")
      SchemaCoder<Object> schemaCoder = (SchemaCoder<Object>) coder;
      return DoFnOutputReceivers.rowReceiver(
          context, OutputBuilderSuppliers.supplierForElement(element), mainTag, schemaCoder);
    }
    throw new IllegalStateException(
        "Expected an output with a schema, as the DoFn emits rows, but its coder is "
            + settings.outputs().coders().get(mainTag)
            + "; set a schema on the output");
  }

  @Override
  public MultiOutputReceiver taggedOutputReceiver(DoFn<Object, Object> doFn) {
    return DoFnOutputReceivers.windowedMultiReceiver(
        context, OutputBuilderSuppliers.supplierForElement(element), settings.outputs().coders());
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    return settings.finalizer();
  }

  @Override
  public CausedByDrain causedByDrain(DoFn<Object, Object> doFn) {
    return element.causedByDrain();
  }
}
