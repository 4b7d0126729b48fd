package dev.lintel.runner.sideinput;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.values.KV;

/** A pane that grows. */
public final class PaneBuilder {
  private final Coder<Object> coder;
  private final boolean byKey;
  private final List<Object> elements = new ArrayList<>();

  PaneBuilder(Coder<Object> coder, boolean byKey) {
    this.coder = coder;
    this.byKey = byKey;
  }

  public void add(Object element) {
    elements.add(element);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  public Pane finish() {
    return byKey
        ? new HeapMultimapPane(
            ((KvCoder) (Coder) coder).getKeyCoder(), (List<KV<Object, Object>>) (List) elements)
        : new HeapListPane(elements);
  }
}
