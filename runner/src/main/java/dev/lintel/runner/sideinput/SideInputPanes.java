package dev.lintel.runner.sideinput;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.SideInput;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.InMemoryMultimapSideInputView;
import org.apache.beam.runners.core.ReadyCheckingSideInputReader;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The side inputs of one operator: for each view and window the last pane that came.
 *
 * <p>A window is ready when a pane has come for it, or when the side input's watermark has passed
 * the point at which its trigger is sure to have fired: then it is empty. <i>Ownership:</i> the
 * task's thread.
 */
public final class SideInputPanes implements ReadyCheckingSideInputReader {
  private final Map<String, View> byTag = new HashMap<>();
  private final Map<PCollectionView<?>, View> byView = new HashMap<>();

  public SideInputPanes(List<SideInput> sideInputs) {
    for (SideInput each : sideInputs) {
      View view = new View(each.view());
      byTag.put(each.tag(), view);
      byView.put(each.view(), view);
    }
  }

  /** Takes a pane; it replaces what its windows had before. */
  public void add(String tag, WindowedValue<?> pane) {
    View view = view(tag);
    Iterable<?> elements = (Iterable<?>) pane.getValue();
    for (BoundedWindow window : pane.getWindows()) {
      view.panes.put(window, elements);
      view.materialized.remove(window);
    }
  }

  public void advanceWatermark(String tag, long millis) {
    view(tag).watermarkMillis = millis;
  }

  private View view(String tag) {
    View view = byTag.get(tag);
    if (view == null) {
      throw new IllegalStateException(
          "Expected a side input of " + byTag.keySet() + ", but got one for " + tag);
    }
    return view;
  }

  private View view(PCollectionView<?> view) {
    View found = byView.get(view);
    if (found == null) {
      throw new IllegalArgumentException(
          "Expected a view among the ParDo's side inputs, but got "
              + view
              + "; pass it to withSideInputs()");
    }
    return found;
  }

  /** Every view has this main-input window's side-input window ready. */
  public boolean isReady(BoundedWindow mainWindow) {
    for (View each : byTag.values()) {
      if (!each.isReady(each.view.getWindowMappingFn().getSideInputWindow(mainWindow))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean isReady(PCollectionView<?> view, BoundedWindow window) {
    return view(view).isReady(window);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow window) {
    View found = view(view);
    Object value = found.materialized.get(window);
    if (value == null) {
      value = found.materialize(window);
      if (value != null) {
        found.materialized.put(window, value);
      }
    }
    return (T) value;
  }

  @Override
  public <T> boolean contains(PCollectionView<T> view) {
    return byView.containsKey(view);
  }

  @Override
  public boolean isEmpty() {
    return byView.isEmpty();
  }

  /** One view: its panes as they came, and what its view function made of them. */
  private static final class View {
    private final PCollectionView<?> view;
    private final Trigger trigger;
    private final Map<BoundedWindow, Iterable<?>> panes = new HashMap<>();
    private final Map<BoundedWindow, Object> materialized = new HashMap<>();
    private long watermarkMillis = Timestamps.MIN_MILLIS;

    View(PCollectionView<?> view) {
      this.view = view;
      this.trigger = view.getWindowingStrategyInternal().getTrigger();
    }

    boolean isReady(BoundedWindow window) {
      return panes.containsKey(window)
          || watermarkMillis >= Timestamps.MAX_MILLIS
          || watermarkMillis > trigger.getWatermarkThatGuaranteesFiring(window).getMillis();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    @Nullable Object materialize(BoundedWindow window) {
      Iterable<?> elements = panes.getOrDefault(window, Collections.emptyList());
      ViewFn<?, ?> viewFn = view.getViewFn();
      String urn = viewFn.getMaterialization().getUrn();
      if (Materializations.ITERABLE_MATERIALIZATION_URN.equals(urn)) {
        return ((ViewFn<IterableView<Object>, Object>) viewFn)
            .apply(() -> (Iterable<Object>) elements);
      }
      if (Materializations.MULTIMAP_MATERIALIZATION_URN.equals(urn)) {
        Coder<Object> keyCoder = ((KvCoder<Object, ?>) view.getCoderInternal()).getKeyCoder();
        return ((ViewFn<MultimapView, Object>) viewFn)
            .apply(
                InMemoryMultimapSideInputView.fromIterable(
                    keyCoder, (Iterable<KV<Object, Object>>) elements));
      }
      throw new IllegalStateException(
          "Expected an iterable or multimap materialization, but found " + urn);
    }
  }
}
