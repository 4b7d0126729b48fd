package dev.lintel.translation;

import dev.lintel.translation.plan.Collection;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.construction.PCollectionViewTranslation;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.util.construction.UnknownCoderWrapper;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;

/** The proto's collections, coders and views as Java objects; each is taken out once. */
final class PlanCollections {
  private final RunnerApi.Components proto;
  private final RehydratedComponents components;
  private final Map<String, Collection> collections = new HashMap<>();

  /** The transform that makes each collection, by the collection's id. */
  private final Map<String, String> producers = new HashMap<>();

  PlanCollections(RunnerApi.Components proto, Pipeline pipeline) {
    this.proto = proto;
    this.components = RehydratedComponents.forComponents(proto).withPipeline(pipeline);
  }

  RehydratedComponents components() {
    return components;
  }

  /** To be told before the outputs of {@code leaf} are asked for: it decides on their names. */
  void produced(TransformGraph.Leaf leaf) {
    leaf.proto().getOutputsMap().values().forEach(id -> producers.put(id, leaf.name()));
  }

  Collection collection(String id) throws IOException {
    Collection known = collections.get(id);
    if (known != null) {
      return known;
    }
    RunnerApi.PCollection each = proto.getPcollectionsOrThrow(id);
    String name = name(id, each.getUniqueName());
    Collection made =
        new Collection(
            id,
            name,
            coder(each.getCoderId(), name),
            windowing(each.getWindowingStrategyId()),
            each.getIsBounded() == RunnerApi.IsBounded.Enum.BOUNDED);
    collections.put(id, made);
    return made;
  }

  /**
   * A collection is called after the transform that makes it, unless the user calls it otherwise.
   * But Beam calls it after the innermost one, which the plan doesn't have if it runs an outer one
   * whole: the result of a {@code Combine} would be called after a {@code ParDo} inside.
   */
  private String name(String id, String beamsName) {
    String producer = producers.get(id);
    return producer != null && beamsName.startsWith(producer + "/") ? producer + ".out" : beamsName;
  }

  private WindowingStrategy<?, ?> windowing(String id) throws IOException {
    WindowingStrategy<?, ?> windowing = components.getWindowingStrategy(id);
    // Beam writes this to the proto and doesn't read it back. Sessions that a GroupByKey has merged
    // would be merged again by the next.
    boolean merged =
        proto.getWindowingStrategiesOrThrow(id).getMergeStatus()
            == RunnerApi.MergeStatus.Enum.ALREADY_MERGED;
    return merged ? windowing.withAlreadyMerged(true) : windowing;
  }

  /** The collections that a transform reads or writes, by the tag that it has for each. */
  Map<String, Collection> byTag(Map<String, String> idsByTag) throws IOException {
    Map<String, Collection> found = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : idsByTag.entrySet()) {
      found.put(each.getKey(), collection(each.getValue()));
    }
    return found;
  }

  Coder<?> coder(String id, String user) throws IOException {
    Coder<?> coder = components.getCoder(id);
    refuseUnknown(coder, user);
    return coder;
  }

  PCollectionView<?> view(RunnerApi.PTransform parDo, String tag, RunnerApi.SideInput spec)
      throws IOException {
    return PCollectionViewTranslation.viewFromProto(
        spec, tag, components.getPCollection(parDo.getInputsOrThrow(tag)), parDo, components);
  }

  /** Beam wraps a coder that it doesn't know, and fails only when the first element comes. */
  private static void refuseUnknown(Coder<?> coder, String user) {
    if (coder instanceof UnknownCoderWrapper unknown) {
      throw new IllegalArgumentException(
          "Expected a coder that Java knows, but that of \"%s\" has the URN %s"
              .formatted(user, unknown.getUrn()));
    }
    List<? extends Coder<?>> parts = coder.getCoderArguments();
    if (parts != null) {
      for (Coder<?> part : parts) {
        refuseUnknown(part, user);
      }
    }
  }
}
