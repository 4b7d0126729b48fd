package dev.lintel.state;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateBinder;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;

/**
 * Makes one cell, of the kind that a state's specification asks for: Beam hands the specification
 * over by calling back.
 */
final class CellBinder implements StateBinder {
  private final KeyedCells owner;
  private final KeyEntry entry;
  private final StateNamespace namespace;
  private final StateTag<?> tag;
  private final StateContext<?> context;

  CellBinder(
      KeyedCells owner,
      KeyEntry entry,
      StateNamespace namespace,
      StateTag<?> tag,
      StateContext<?> context) {
    this.owner = owner;
    this.entry = entry;
    this.namespace = namespace;
    this.tag = tag;
    this.context = context;
  }

  private Column column(StateKind kind) {
    return owner.column(tag, kind);
  }

  private <C extends Cell> C added(C cell) {
    owner.add(cell);
    return cell;
  }

  @Override
  public <T> ValueState<T> bindValue(String id, StateSpec<ValueState<T>> spec, Coder<T> coder) {
    return added(new ValueCell<>(column(StateKind.VALUE), entry, namespace, coder));
  }

  @Override
  public <T> BagState<T> bindBag(String id, StateSpec<BagState<T>> spec, Coder<T> coder) {
    return added(new BagCell<>(column(StateKind.BAG), entry, namespace, coder));
  }

  @Override
  public <T> SetState<T> bindSet(String id, StateSpec<SetState<T>> spec, Coder<T> coder) {
    return added(new SetCell<>(column(StateKind.SET), entry, namespace, coder));
  }

  @Override
  public <K, V> MapState<K, V> bindMap(
      String id, StateSpec<MapState<K, V>> spec, Coder<K> keyCoder, Coder<V> valueCoder) {
    return added(new MapCell<>(column(StateKind.MAP), entry, namespace, keyCoder, valueCoder));
  }

  @Override
  public <K, V> MultimapState<K, V> bindMultimap(
      String id, StateSpec<MultimapState<K, V>> spec, Coder<K> keyCoder, Coder<V> valueCoder) {
    return added(
        new MultimapCell<>(column(StateKind.MULTIMAP), entry, namespace, keyCoder, valueCoder));
  }

  @Override
  public <T> OrderedListState<T> bindOrderedList(
      String id, StateSpec<OrderedListState<T>> spec, Coder<T> coder) {
    return added(new OrderedListCell<>(column(StateKind.ORDERED_LIST), entry, namespace, coder));
  }

  @Override
  public <I, A, O> CombiningState<I, A, O> bindCombining(
      String id,
      StateSpec<CombiningState<I, A, O>> spec,
      Coder<A> coder,
      CombineFn<I, A, O> combineFn) {
    return added(
        new CombiningCell<>(column(StateKind.COMBINING), entry, namespace, coder, combineFn));
  }

  @Override
  public <I, A, O> CombiningState<I, A, O> bindCombiningWithContext(
      String id,
      StateSpec<CombiningState<I, A, O>> spec,
      Coder<A> coder,
      CombineFnWithContext<I, A, O> combineFn) {
    return added(
        new CombiningCell<>(
            column(StateKind.COMBINING), entry, namespace, coder, combineFn, context));
  }

  @Override
  public WatermarkHoldState bindWatermark(
      String id, StateSpec<WatermarkHoldState> spec, TimestampCombiner combiner) {
    return added(new HoldCell(column(StateKind.HOLD), entry, namespace, combiner));
  }
}
