package dev.lintel.runner.sideinput;

import dev.lintel.translation.plan.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.values.KV;

/**
 * What the panes of one side input are like.
 *
 * @param coder of the elements
 * @param byKey values are looked up by key; the elements are {@code KV}s
 * @param side the side input, for error texts
 */
record PaneForm(Coder<Object> coder, boolean byKey, String side) {

  /** Of the panes that are gathered from a collection. */
  @SuppressWarnings("unchecked")
  static PaneForm of(Collection gathered, boolean byKey) {
    return new PaneForm(
        (Coder<Object>) gathered.coder(), byKey, "side input " + gathered.name());
  }

  ElementCodec elements() {
    return new ElementCodec(coder, side);
  }

  ElementCodec keys() {
    return new ElementCodec(kvCoder().getKeyCoder(), side);
  }

  ElementCodec values() {
    return new ElementCodec(kvCoder().getValueCoder(), side);
  }

  @SuppressWarnings("unchecked")
  private KvCoder<Object, Object> kvCoder() {
    return (KvCoder<Object, Object>) (Coder<?>) coder;
  }

  /**
   * Whether a pane may be looked up by encoded keys: equal keys must give equal bytes. A pane that
   * is read as a whole may always be written.
   */
  boolean canBeWritten() {
    if (byKey) {
      try {
        kvCoder().getKeyCoder().verifyDeterministic();
      } catch (Coder.NonDeterministicException e) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("unchecked")
  Pane onHeap(Pane.Origin origin, List<Object> elements) {
    return byKey
        ? new HeapMultimapPane(
            origin, kvCoder().getKeyCoder(), (List<KV<Object, Object>>) (List<?>) elements)
        : new HeapListPane(origin, elements);
  }
}
