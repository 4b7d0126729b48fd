package dev.lintel.translation;

import dev.lintel.translation.TransformGraph.Leaf;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.SideInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.util.DoFnWithExecutionInformation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/** The proto of a ParDo → {@link Operator.ParDo}: the DoFn, its outputs and its side inputs. */
final class ParDoTranslator {
  private final PlanCollections collections;
  private final KeyedInputCheck keyedInput;
  private final Problems problems;

  ParDoTranslator(PlanCollections collections, KeyedInputCheck keyedInput, Problems problems) {
    this.collections = collections;
    this.keyedInput = keyedInput;
    this.problems = problems;
  }

  /** Null if it can't be run, which has been reported then. */
  Operator.@Nullable ParDo translate(Leaf leaf) throws IOException {
    ParDoPayload payload = ParDoPayload.parseFrom(leaf.proto().getSpec().getPayload());
    if (isOfAnotherLanguage(leaf, payload)) {
      return null;
    }
    DoFnWithExecutionInformation info =
        ParDoTranslation.doFnWithExecutionInformationFromProto(payload.getDoFn());
    Collection input =
        collections.collection(
            leaf.proto().getInputsOrThrow(ParDoTranslation.getMainInputName(leaf.proto())));
    boolean stateful = isStateful(payload);
    if (stateful) {
      checkStateful(leaf, input);
    }
    List<SideInput> sideInputs = sideInputs(leaf, payload);
    return new Operator.ParDo(
        leaf.name(),
        info.getDoFn(),
        info.getSchemaInformation(),
        input,
        info.getMainOutputTag(),
        outputs(leaf, info.getMainOutputTag()),
        sideInputs,
        mapping(info, sideInputs),
        stateful);
  }

  /**
   * What goes between the two halves of a splittable ParDo: its elements with their restrictions.
   * Null if the ParDo is not splittable.
   */
  @Nullable Collection restrictions(Leaf leaf, Operator.ParDo parDo) throws IOException {
    ParDoPayload payload = ParDoPayload.parseFrom(leaf.proto().getSpec().getPayload());
    if (payload.getRestrictionCoderId().isEmpty()) {
      return null;
    }
    Collection input = parDo.input();
    return new Collection(
        leaf.name() + "/Restrictions",
        leaf.name() + "/Restrictions",
        KvCoder.of(
            input.coder(),
            collections.coder(payload.getRestrictionCoderId(), leaf.name() + "/Restrictions")),
        input.windowing(),
        input.bounded());
  }

  /**
   * A DoFn that wants its elements in order of time buffers them by key in state, whether or not it
   * has state of its own.
   */
  private static boolean isStateful(ParDoPayload payload) {
    return payload.getStateSpecsCount() > 0
        || payload.getTimerFamilySpecsCount() > 0
        || !payload.getOnWindowExpirationTimerFamilySpec().isEmpty()
        || payload.getRequiresTimeSortedInput();
  }

  private boolean isOfAnotherLanguage(Leaf leaf, ParDoPayload payload) {
    String urn = payload.getDoFn().getUrn();
    if (urn.equals(ParDoTranslation.CUSTOM_JAVA_DO_FN_URN)) {
      return false;
    }
    problems.add(
        leaf.name(),
        "Expected a DoFn of the Java SDK, but its URN is " + urn + ".",
        "Write it in Java: transforms of other languages can't be run yet.");
    return true;
  }

  private void checkStateful(Leaf leaf, Collection input) {
    keyedInput.check(leaf.name(), "stateful ParDo", input);
    if (!input.windowing().getWindowFn().isNonMerging()) {
      problems.add(
          leaf.name(),
          "Expected windows that don't merge, but a DoFn with state or timers reads \"%s\", which is"
                  .formatted(input.name())
              + " windowed by "
              + input.windowing().getWindowFn().getClass().getSimpleName()
              + ".",
          "Apply Window.into with windows that don't merge before it.");
    }
  }

  /**
   * The main output first, then the others by tag: the map of the proto has no order of its own.
   */
  private Map<TupleTag<?>, Collection> outputs(Leaf leaf, TupleTag<?> mainTag) throws IOException {
    Map<String, Collection> byTag = new TreeMap<>(collections.byTag(leaf.proto().getOutputsMap()));
    Map<TupleTag<?>, Collection> outputs = new LinkedHashMap<>();
    Collection main = byTag.remove(mainTag.getId());
    if (main != null) {
      outputs.put(mainTag, main);
    }
    byTag.forEach((tag, collection) -> outputs.put(new TupleTag<>(tag), collection));
    return Collections.unmodifiableMap(outputs);
  }

  private List<SideInput> sideInputs(Leaf leaf, ParDoPayload payload) throws IOException {
    List<SideInput> found = new ArrayList<>();
    Map<String, RunnerApi.SideInput> byTag = new TreeMap<>(payload.getSideInputsMap());
    for (Map.Entry<String, RunnerApi.SideInput> each : byTag.entrySet()) {
      String tag = each.getKey();
      found.add(
          new SideInput(
              tag,
              collections.view(leaf.proto(), tag, each.getValue()),
              collections.collection(leaf.proto().getInputsOrThrow(tag))));
    }
    return List.copyOf(found);
  }

  /**
   * Names to the views of {@code sideInputs}. The views that travelled with the DoFn are the same
   * by tag, but have lost their collection on the way.
   */
  private static Map<String, PCollectionView<?>> mapping(
      DoFnWithExecutionInformation info, List<SideInput> sideInputs) {
    Map<String, PCollectionView<?>> viewsByTag = new LinkedHashMap<>();
    sideInputs.forEach(each -> viewsByTag.put(each.tag(), each.view()));
    Map<String, PCollectionView<?>> mapping = new TreeMap<>();
    info.getSideInputMapping()
        .forEach(
            (name, view) ->
                mapping.put(name, viewsByTag.getOrDefault(view.getTagInternal().getId(), view)));
    return Collections.unmodifiableMap(mapping);
  }
}
