package dev.lintel.runner.sideinput;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * A multimap pane that memory holds. Keys are equal if their structural values are, as in every
 * runner: arrays, say, are no worse keys than strings.
 */
final class HeapMultimapPane implements Pane.OfMultimap {
  static final HeapMultimapPane EMPTY =
      new HeapMultimapPane(Origin.NONE, anyKey(VoidCoder.of()), List.of());

  private final Origin origin;
  private final Coder<Object> keyCoder;
  private final Map<Object, Group> groups = new LinkedHashMap<>();

  /** The values of one key: mostly one, as in a map. */
  private static final class Group {
    final @Nullable Object key;
    List<Object> values;

    Group(@Nullable Object key, Object value) {
      this.key = key;
      this.values = Collections.singletonList(value);
    }

    void add(Object value) {
      if (values.size() == 1) {
        values = new ArrayList<>(values);
      }
      values.add(value);
    }
  }

  HeapMultimapPane(
      Origin origin, Coder<Object> keyCoder, Collection<KV<Object, Object>> elements) {
    this.origin = origin;
    this.keyCoder = keyCoder;
    for (KV<Object, Object> each : elements) {
      Object structural = keyCoder.structuralValue(each.getKey());
      Group group = groups.get(structural);
      if (group == null) {
        groups.put(structural, new Group(each.getKey(), each.getValue()));
      } else {
        group.add(each.getValue());
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Coder<Object> anyKey(Coder<?> coder) {
    return (Coder<Object>) coder;
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public Iterable<?> elements() {
    return () ->
        groups.values().stream()
            .flatMap(
                group -> group.values.stream().<Object>map(value -> KV.of(group.key, value)))
            .iterator();
  }

  @Override
  public Iterable<Object> get() {
    return () -> groups.values().stream().map(group -> group.key).iterator();
  }

  @Override
  public List<Object> get(@Nullable Object key) {
    if (groups.isEmpty()) {
      return List.of();
    }
    Group group = groups.get(keyCoder.structuralValue(key));
    return group == null ? List.of() : Collections.unmodifiableList(group.values);
  }
}
