package dev.lintel.translation;

import dev.lintel.translation.TransformGraph.Leaf;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Partitioning;
import dev.lintel.translation.plan.SideInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.apache.beam.sdk.util.construction.TestStreamTranslation;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/**
 * Native transforms → operators, one for one, and a {@link Operator.GatherView} for each collection
 * that is somebody's side input, right before its first reader of a kind. What can't be translated
 * is reported and left out.
 */
final class OperatorTranslator {
  private final PlanCollections collections;
  private final ParDoTranslator parDos;
  private final KeyedInputCheck keyedInput;
  private final Problems problems;

  private final List<Step> steps = new ArrayList<>();

  /** What the GatherViews that there are already emit, by id. */
  private final Set<String> gathered = new HashSet<>();

  private final Set<String> gatherNames = new HashSet<>();

  OperatorTranslator(RunnerApi.Components components, Pipeline pipeline, Problems problems) {
    this.collections = new PlanCollections(components, pipeline);
    this.problems = problems;
    this.keyedInput = new KeyedInputCheck(problems);
    this.parDos = new ParDoTranslator(collections, keyedInput, problems);
  }

  /** The operators of leaves that are in topological order, in topological order. */
  List<Step> translate(List<Leaf> leaves) {
    leaves.forEach(collections::produced);
    for (Leaf leaf : leaves) {
      try {
        translate(leaf);
      } catch (IOException | RuntimeException e) {
        // Beam's translators throw whatever comes: a DoFn whose class is missing, a coder of
        // another
        // language. Whether it's one or ten, the user wants to know of all of them at once.
        problems.add(
            leaf.name(),
            "Expected a transform of the Java SDK, but it could not be taken out of the pipeline: "
                + message(e)
                + ".",
            "See the stack trace; transforms of other languages can't be run yet.",
            e);
      }
    }
    return steps;
  }

  private void translate(Leaf leaf) throws IOException {
    switch (leaf.kind()) {
      case IMPULSE -> add(new Operator.Impulse(leaf.name(), output(leaf)));
      case READ -> read(leaf);
      case TEST_STREAM -> add(testStream(leaf));
      case FLATTEN -> add(flatten(leaf));
      case ASSIGN_WINDOWS -> add(assignWindows(leaf));
      case PAR_DO -> parDo(leaf);
      case GROUP_BY_KEY -> groupByKey(leaf);
      case COMBINE_PER_KEY -> combinePerKey(leaf);
      case RESHUFFLE, REDISTRIBUTE_BY_KEY -> redistribute(leaf, Partitioning.BY_KEY);
      case REDISTRIBUTE_ARBITRARILY -> redistribute(leaf, Partitioning.REBALANCE);
    }
  }

  private void add(Operator operator) {
    steps.add(new Step(operator, null));
  }

  private void add(Operator operator, Partitioning partitioning) {
    steps.add(new Step(operator, partitioning));
  }

  private void read(Leaf leaf) throws IOException {
    RunnerApi.ReadPayload payload =
        RunnerApi.ReadPayload.parseFrom(leaf.proto().getSpec().getPayload());
    Collection output = output(leaf);
    if (payload.getIsBounded() == RunnerApi.IsBounded.Enum.BOUNDED) {
      add(
          new Operator.BoundedRead(
              leaf.name(), ReadTranslation.boundedSourceFromProto(payload), output));
      return;
    }
    UnboundedSource<?, ?> source = ReadTranslation.unboundedSourceFromProto(payload);
    if (!source.requiresDeduping()) {
      add(new Operator.UnboundedRead(leaf.name(), source, false, output));
      return;
    }
    Collection withIds =
        new Collection(
            output.id() + "/WithIds",
            output.name() + "/WithIds",
            KvCoder.of(ByteArrayCoder.of(), output.coder()),
            output.windowing(),
            output.bounded());
    add(new Operator.UnboundedRead(leaf.name(), source, true, withIds));
    add(
        new Operator.Deduplicate(leaf.name() + "/Deduplicate", withIds, output),
        Partitioning.BY_KEY);
  }

  private Operator testStream(Leaf leaf) throws IOException {
    RunnerApi.TestStreamPayload payload =
        RunnerApi.TestStreamPayload.parseFrom(leaf.proto().getSpec().getPayload());
    return new Operator.TestStreamRead(
        leaf.name(),
        TestStreamTranslation.testStreamFromProtoPayload(payload, collections.components()),
        output(leaf));
  }

  private Operator flatten(Leaf leaf) throws IOException {
    List<Collection> inputs = List.copyOf(collections.byTag(leaf.proto().getInputsMap()).values());
    return new Operator.Flatten(leaf.name(), inputs, output(leaf));
  }

  private Operator assignWindows(Leaf leaf) throws IOException {
    RunnerApi.WindowIntoPayload payload =
        RunnerApi.WindowIntoPayload.parseFrom(leaf.proto().getSpec().getPayload());
    return new Operator.AssignWindows(
        leaf.name(),
        WindowingStrategyTranslation.windowFnFromProto(payload.getWindowFn()),
        input(leaf),
        output(leaf));
  }

  private void parDo(Leaf leaf) throws IOException {
    Operator.ParDo parDo = parDos.translate(leaf);
    if (parDo == null) {
      return;
    }
    for (SideInput each : parDo.sideInputs()) {
      gather(each);
    }
    Collection restrictions = parDos.restrictions(leaf, parDo);
    if (restrictions == null) {
      steps.add(new Step(parDo, parDo.stateful() ? Partitioning.BY_KEY : null));
    } else {
      add(new Operator.SplitRestrictions(parDo, restrictions));
      add(new Operator.ProcessRestrictions(parDo, restrictions), Partitioning.REBALANCE);
    }
  }

  /**
   * All readers of a collection that read it in the same manner share one gathering: it depends on
   * nothing but the collection.
   */
  private void gather(SideInput sideInput) {
    checkPrimitive(sideInput);
    if (!gathered.add(gatheredId(sideInput))) {
      return;
    }
    Collection input = sideInput.collection();
    Collection output =
        new Collection(
            gatheredId(sideInput),
            input.name() + "/Gathered",
            IterableCoder.of(input.coder()),
            input.windowing(),
            input.bounded());
    add(
        new Operator.GatherView(gatherName(input), input, output, sideInput.byKey()),
        Partitioning.TO_ONE);
  }

  private static void checkPrimitive(SideInput sideInput) {
    String urn = sideInput.view().getViewFn().getMaterialization().getUrn();
    if (!sideInput.byKey() && !Materializations.ITERABLE_MATERIALIZATION_URN.equals(urn)) {
      throw new IllegalArgumentException(
          "Expected a view that reads an iterable or a multimap, but that of \"%s\" reads %s"
              .formatted(sideInput.collection().name(), urn));
    }
    if (sideInput.byKey() && !(sideInput.collection().coder() instanceof KvCoder)) {
      throw new IllegalArgumentException(
          "Expected a view by key to be filled with KVs, but the coder of \"%s\" is %s"
              .formatted(sideInput.collection().name(), sideInput.collection().coder()));
    }
  }

  /** Users may give two collections one name, but state is kept by the name of the operator. */
  private String gatherName(Collection input) {
    String name = input.name() + "/GatherView";
    for (int number = 2; !gatherNames.add(name); number++) {
      name = input.name() + "/GatherView" + number;
    }
    return name;
  }

  /** The id of what the GatherView of a side input emits. */
  static String gatheredId(SideInput sideInput) {
    return sideInput.collection().id() + (sideInput.byKey() ? "/GatheredByKey" : "/Gathered");
  }

  private void groupByKey(Leaf leaf) throws IOException {
    Collection input = input(leaf);
    keyedInput.check(leaf.name(), "GroupByKey", input);
    add(new Operator.GroupByKey(leaf.name(), input, output(leaf)), Partitioning.BY_KEY);
  }

  private void combinePerKey(Leaf leaf) throws IOException {
    Collection input = input(leaf);
    keyedInput.check(leaf.name(), "Combine.perKey", input);
    RunnerApi.CombinePayload payload =
        RunnerApi.CombinePayload.parseFrom(leaf.proto().getSpec().getPayload());
    GlobalCombineFn<?, ?, ?> combineFn =
        (GlobalCombineFn<?, ?, ?>)
            SerializableUtils.deserializeFromByteArray(
                payload.getCombineFn().getPayload().toByteArray(), leaf.name());
    Operator.CombinePerKey combine =
        new Operator.CombinePerKey(
            leaf.name(),
            combineFn,
            collections.coder(payload.getAccumulatorCoderId(), "the accumulator"),
            input,
            output(leaf));
    if (CombineLifting.mayLift(combine)) {
      Operator.PartialCombine partial = CombineLifting.partial(combine);
      add(partial);
      combine = CombineLifting.rest(combine, partial);
    }
    add(combine, Partitioning.BY_KEY);
  }

  private void redistribute(Leaf leaf, Partitioning partitioning) throws IOException {
    Collection input = input(leaf);
    if (partitioning == Partitioning.BY_KEY) {
      keyedInput.checkIsKeyed(leaf.name(), "Redistribute.byKey", input);
    }
    add(new Operator.Redistribute(leaf.name(), input, output(leaf)), partitioning);
  }

  private Collection input(Leaf leaf) throws IOException {
    return only(leaf, "input", collections.byTag(leaf.proto().getInputsMap()).values());
  }

  private Collection output(Leaf leaf) throws IOException {
    return only(leaf, "output", collections.byTag(leaf.proto().getOutputsMap()).values());
  }

  private static Collection only(
      Leaf leaf, String what, java.util.Collection<Collection> candidates) {
    if (candidates.size() != 1) {
      throw new IllegalArgumentException(
          "Expected one %s, but %s has %d".formatted(what, leaf.kind(), candidates.size()));
    }
    return candidates.iterator().next();
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getName() : message;
  }
}
