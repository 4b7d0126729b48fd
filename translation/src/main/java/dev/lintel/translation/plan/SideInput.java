package dev.lintel.translation.plan;

import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * A side input of a ParDo.
 *
 * @param tag the id by which the ParDo names it; another one may have it when the pipeline changes
 * @param collection what fills it, before it is gathered into panes
 */
public record SideInput(String tag, PCollectionView<?> view, Collection collection) {

  /** A name that stays, as long as the producer of the collection keeps its own. */
  public String name() {
    return collection.name() + (byKey() ? " by key" : "");
  }

  /** Whether the view looks values up by key; otherwise it reads the elements as a whole. */
  public boolean byKey() {
    return Materializations.MULTIMAP_MATERIALIZATION_URN.equals(
        view.getViewFn().getMaterialization().getUrn());
  }
}
