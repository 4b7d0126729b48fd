package dev.lintel.runner.operator;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.OutputBuilderSupplier;
import org.apache.beam.sdk.util.WindowedValueReceiver;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.joda.time.format.PeriodFormat;
import org.jspecify.annotations.Nullable;

/**
 * The element that a DoFn is processing, and its outputs: one object for all elements of an
 * operator. What is put out has the element's timestamp, windows, pane and metadata unless the DoFn
 * says otherwise.
 *
 * <p><i>Ownership:</i> one {@link ElementDoFnRunner}.
 */
final class ElementContext extends DoFn<Object, Object>.ProcessContext
    implements OutputBuilderSupplier {
  private final DoFn<Object, Object> fn;
  private final PipelineOptions options;
  private final SideInputReader sideInputs;
  private final DoFnOutputs outputs;
  private final Map<TupleTag<?>, Receiver> receivers = new HashMap<>();
  private final Receiver main;
  private @Nullable WindowedValue<Object> element;

  ElementContext(
      DoFn<Object, Object> fn,
      PipelineOptions options,
      SideInputReader sideInputs,
      DoFnOutputs outputs) {
    fn.super();
    this.fn = fn;
    this.options = options;
    this.sideInputs = sideInputs;
    this.outputs = outputs;
    this.main = receiver(outputs.mainTag());
  }

  void begin(WindowedValue<Object> begun) {
    element = begun;
  }

  void end() {
    element = null;
  }

  private WindowedValue<Object> current() {
    WindowedValue<Object> current = element;
    if (current == null) {
      throw new IllegalStateException(
          "Expected a context or receiver to be used while the element is processed that it was"
              + " given for, but that call has returned. To put something out later, keep the"
              + " elements and use the context of @FinishBundle");
    }
    return current;
  }

  SideInputReader sideInputs() {
    return sideInputs;
  }

  // ---- outputs ----

  /** Where the outputs of one tag go. */
  private final class Receiver implements OutputReceiver<Object>, WindowedValueReceiver<Object> {
    private final @Nullable Output output;

    /**
     * @param output null: nobody reads them
     */
    Receiver(@Nullable Output output) {
      this.output = output;
    }

    @Override
    public void output(Object value) {
      emit(current().withValue(value));
    }

    @Override
    public OutputBuilder<Object> builder(Object value) {
      return ElementContext.this.builder(value).setReceiver(this);
    }

    /** With all that the DoFn says of it. */
    @Override
    public void output(WindowedValue<Object> value) {
      checkTimestamp(current().getTimestamp(), value.getTimestamp());
      emit(value);
    }

    private void emit(WindowedValue<Object> value) {
      if (output != null) {
        output.emit(value);
      }
    }
  }

  OutputReceiver<Object> mainReceiver() {
    return main;
  }

  Receiver receiver(TupleTag<?> tag) {
    Objects.requireNonNull(tag, "Expected an output tag, but it is null");
    Receiver receiver = receivers.get(tag);
    if (receiver == null) {
      receiver = new Receiver(outputs.of(tag));
      receivers.put(tag, receiver);
    }
    return receiver;
  }

  @Override
  public <T> WindowedValues.Builder<T> builder(T value) {
    return WindowedValues.builder(current()).withValue(value);
  }

  @Override
  public void output(Object output) {
    main.output(output);
  }

  @Override
  public void outputWithTimestamp(Object output, Instant timestamp) {
    main.outputWithTimestamp(output, timestamp);
  }

  @Override
  public void outputWindowedValue(
      Object output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo paneInfo) {
    main.outputWindowedValue(output, timestamp, windows, paneInfo);
  }

  @Override
  public void outputWindowedValue(WindowedValue<Object> windowedValue) {
    main.output(windowedValue);
  }

  @Override
  public <T> void output(TupleTag<T> tag, T output) {
    receiver(tag).output((Object) output);
  }

  @Override
  public <T> void outputWithTimestamp(TupleTag<T> tag, T output, Instant timestamp) {
    receiver(tag).outputWithTimestamp(output, timestamp);
  }

  @Override
  public <T> void outputWindowedValue(
      TupleTag<T> tag,
      T output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo paneInfo) {
    receiver(tag).outputWindowedValue(output, timestamp, windows, paneInfo);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> void outputWindowedValue(TupleTag<T> tag, WindowedValue<T> windowedValue) {
    receiver(tag).output((WindowedValue<Object>) windowedValue);
  }

  private void checkTimestamp(Instant elementTimestamp, Instant timestamp) {
    if (isOutOfBounds(fn, elementTimestamp, timestamp)) {
      throw new IllegalArgumentException(
          "Cannot output with timestamp " + boundsText(fn, elementTimestamp, timestamp));
    }
  }

  /** Whether a DoFn may not put out a timestamp for an element of another. */
  @SuppressWarnings("deprecation") // Users should not allow skew; those who do get it.
  static boolean isOutOfBounds(
      DoFn<Object, Object> fn, Instant elementTimestamp, Instant timestamp) {
    Instant lowerBound;
    try {
      lowerBound = elementTimestamp.minus(fn.getAllowedTimestampSkew());
    } catch (ArithmeticException e) {
      lowerBound = BoundedWindow.TIMESTAMP_MIN_VALUE;
    }
    return timestamp.isBefore(lowerBound) || timestamp.isAfter(BoundedWindow.TIMESTAMP_MAX_VALUE);
  }

  /** What is wrong with it, in Beam's words, which users search for. */
  @SuppressWarnings("deprecation") // As above.
  static String boundsText(DoFn<Object, Object> fn, Instant elementTimestamp, Instant timestamp) {
    Duration skew = fn.getAllowedTimestampSkew();
    return String.format(
        "%s. Output timestamps must be no earlier than the "
            + "timestamp of the current input or timer (%s) minus the allowed skew (%s) and no "
            + "later than %s. See the DoFn#getAllowedTimestampSkew() Javadoc for details "
            + "on changing the allowed skew.",
        timestamp,
        elementTimestamp,
        skew.getMillis() >= Integer.MAX_VALUE
            ? skew
            : PeriodFormat.getDefault().print(skew.toPeriod()),
        BoundedWindow.TIMESTAMP_MAX_VALUE);
  }

  // ---- the element ----

  @Override
  public PipelineOptions getPipelineOptions() {
    return options;
  }

  @Override
  @SuppressWarnings("NullAway") // An element may be null if its coder takes that.
  public Object element() {
    return current().getValue();
  }

  /** The only one: a DoFn that wants to know it is called for each of them. */
  BoundedWindow window() {
    Collection<? extends BoundedWindow> windows = current().getWindows();
    if (windows.size() != 1) {
      throw new IllegalArgumentException(
          "Expected an element in one window, but it is in " + windows);
    }
    return windows instanceof List<? extends BoundedWindow> list
        ? list.get(0)
        : windows.iterator().next();
  }

  @Override
  public <T> T sideInput(PCollectionView<T> view) {
    Objects.requireNonNull(view, "Expected a view, but it is null");
    if (!sideInputs.contains(view)) {
      throw new IllegalArgumentException(
          "Expected one of the side inputs that the ParDo was given, but " + view + " is not");
    }
    return sideInputs.get(view, view.getWindowMappingFn().getSideInputWindow(window()));
  }

  @Override
  public Instant timestamp() {
    return current().getTimestamp();
  }

  @Override
  public PaneInfo pane() {
    return current().getPaneInfo();
  }

  @Override
  public @Nullable String currentRecordId() {
    return current().getRecordId();
  }

  @Override
  public @Nullable Long currentRecordOffset() {
    return current().getRecordOffset();
  }

  @Override
  public CausedByDrain causedByDrain() {
    return current().causedByDrain();
  }
}
