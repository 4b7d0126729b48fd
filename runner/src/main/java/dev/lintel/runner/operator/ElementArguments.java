package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Operator.ParDo;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.DoFnOutputReceivers;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that a {@code @ProcessElement} method may have, of the element that its {@link
 * ElementContext} is at.
 *
 * <p><i>Ownership:</i> one {@link ElementDoFnRunner}.
 */
final class ElementArguments extends DoFnInvoker.BaseArgumentProvider<Object, Object> {
  private final ElementContext context;
  private final DoFnOutputs outputs;
  private final ParDo spec;
  private final BundleFinalizer finalizer;
  private final @Nullable ElementState state;
  private final TaggedReceivers taggedReceivers = new TaggedReceivers();

  /**
   * @param state null if the DoFn has neither state nor timers
   */
  ElementArguments(
      ElementContext context,
      DoFnOutputs outputs,
      ParDo spec,
      BundleFinalizer finalizer,
      @Nullable ElementState state) {
    this.context = context;
    this.outputs = outputs;
    this.spec = spec;
    this.finalizer = finalizer;
    this.state = state;
  }

  @Override
  public String getErrorContext() {
    return "@ProcessElement";
  }

  @Override
  public DoFn<Object, Object>.ProcessContext processContext(DoFn<Object, Object> doFn) {
    return context;
  }

  @Override
  public Object element(DoFn<Object, Object> doFn) {
    return context.element();
  }

  @Override
  @SuppressWarnings("unchecked")
  public Object schemaElement(int index) {
    SerializableFunction<Object, Object> converter =
        (SerializableFunction<Object, Object>)
            spec.schemaInformation().getElementConverters().get(index);
    return converter.apply(context.element());
  }

  @Override
  public Instant timestamp(DoFn<Object, Object> doFn) {
    return context.timestamp();
  }

  @Override
  public BoundedWindow window() {
    return context.window();
  }

  @Override
  public PaneInfo paneInfo(DoFn<Object, Object> doFn) {
    return context.pane();
  }

  @Override
  public CausedByDrain causedByDrain(DoFn<Object, Object> doFn) {
    return context.causedByDrain();
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return context.getPipelineOptions();
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    return finalizer;
  }

  @Override
  public @Nullable Object sideInput(String tagId) {
    PCollectionView<?> view = spec.sideInputMapping().get(tagId);
    if (view == null) {
      throw new IllegalStateException("Expected a side input " + tagId + ", but there is none");
    }
    return context.sideInput(view);
  }

  // ---- state and timers ----

  private ElementState keyed() {
    if (state == null) {
      throw new UnsupportedOperationException(
          "Expected no state and no timers in " + spec.transform());
    }
    return state;
  }

  @Override
  public State state(String stateId, boolean alwaysFetched) {
    return keyed().state(stateId, alwaysFetched, context.window());
  }

  @Override
  public Timer timer(String timerId) {
    return keyed().timer(timerId, context.window(), context.timestamp());
  }

  @Override
  public TimerMap timerFamily(String timerFamilyId) {
    return keyed().timerFamily(timerFamilyId, context.window(), context.timestamp());
  }

  // ---- outputs ----

  @Override
  public OutputReceiver<Object> outputReceiver(DoFn<Object, Object> doFn) {
    return context.mainReceiver();
  }

  @Override
  public OutputReceiver<Row> outputRowReceiver(DoFn<Object, Object> doFn) {
    return taggedReceivers.getRowReceiver(outputs.mainTag());
  }

  @Override
  public MultiOutputReceiver taggedOutputReceiver(DoFn<Object, Object> doFn) {
    return taggedReceivers;
  }

  private final class TaggedReceivers implements MultiOutputReceiver {
    @Override
    @SuppressWarnings("unchecked")
    public <T> OutputReceiver<T> get(TupleTag<T> tag) {
      return (OutputReceiver<T>) context.receiver(tag);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> OutputReceiver<Row> getRowReceiver(TupleTag<T> tag) {
      SchemaCoder<T> coder = (SchemaCoder<T>) outputs.schemaCoder(tag);
      if (coder == null) {
        throw new IllegalStateException(
            "Expected outputs of tag "
                + tag.getId()
                + " to have a schema, since they are put out as rows, but their coder is "
                + outputs.coders().get(tag));
      }
      return DoFnOutputReceivers.rowReceiver(context, context, tag, coder);
    }
  }
}
