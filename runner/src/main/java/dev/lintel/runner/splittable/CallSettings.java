package dev.lintel.runner.splittable;

import java.util.Map;
import java.util.function.BiFunction;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a splittable DoFn's methods have in common.
 *
 * @param sideInputMapping the DoFn's own names of its side inputs
 * @param sideInputs a side input's value in a window of the side input
 */
public record CallSettings(
    DoFn<Object, Object> fn,
    PipelineOptions options,
    DoFnSchemaInformation schemaInformation,
    Outputs outputs,
    Map<String, PCollectionView<?>> sideInputMapping,
    BiFunction<PCollectionView<?>, BoundedWindow, @Nullable Object> sideInputs,
    BundleFinalizer finalizer) {

  /**
   * Where a DoFn's outputs go.
   *
   * @param coders by tag, for outputs that are written as rows
   */
  public record Outputs(
      WindowedValueMultiReceiver receiver,
      TupleTag<Object> mainTag,
      Map<TupleTag<?>, Coder<?>> coders) {}

  boolean hasSideInputs() {
    return !sideInputMapping.isEmpty();
  }

  @Nullable Object sideInput(PCollectionView<?> view, BoundedWindow mainWindow) {
    return sideInputs.apply(view, view.getWindowMappingFn().getSideInputWindow(mainWindow));
  }

  PCollectionView<?> view(String tag) {
    PCollectionView<?> view = sideInputMapping.get(tag);
    if (view == null) {
      throw new IllegalArgumentException(
          "Expected a side input of "
              + sideInputMapping.keySet()
              + ", but the DoFn asks for "
              + tag
              + "; name it in withSideInput()");
    }
    return view;
  }
}
