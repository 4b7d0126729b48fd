package dev.lintel.runner.compatibility;

import dev.lintel.runner.compatibility.KeptTransform.KeptState;
import dev.lintel.runner.operator.GroupingGear;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.runner.operator.StableInputRequirement;
import dev.lintel.runner.sink.TransactionalSink;
import dev.lintel.state.StateSelection;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.SideInput;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Finds what each transform of a plan keeps in checkpoints: what the operators and the state module
 * store, said once more, in words.
 *
 * <p>A windowing may change as far as what is stored for its windows stays valid. The window
 * function may (windows that exist stay), with windows of the same coder; for groupings, also the
 * parameters of triggers and when panes fire, but not: whether windows merge, which triggers there
 * are (their state is found by their place), how panes accumulate, the timestamps of panes (they
 * are watermark holds in state), the allowed lateness (clean-up timers have been set).
 */
final class KeptTransforms {
  private static final String WAITING = "$waiting for side inputs";
  private static final String STABLE_INPUT = "$stable input";
  private static final String KEY = "key";
  private static final String WINDOW = "window";
  private static final String CLASS = "class";

  /** How a grouping keeps what it has: {@link GroupingGear#keptName}. */
  static final String GROUPED = "grouped";

  /** Begins what is said of a side input; its name follows. */
  static final String SIDE_INPUT = "side input ";

  private KeptTransforms() {}

  /** By name, without those that keep nothing. */
  static Map<String, KeptTransform> of(ExecutionPlan plan, KeptGears gears) {
    Map<String, KeptTransform> transforms = new TreeMap<>();
    plan.stages().stream()
        .flatMap(stage -> stage.operators().stream())
        .forEach(
            operator -> {
              KeptTransform kept = of(operator, gears);
              if (kept != null && !kept.keepsNothing()) {
                transforms.put(operator.transform(), kept);
              }
            });
    return transforms;
  }

  private static @Nullable KeptTransform of(Operator operator, KeptGears gears) {
    if (operator.inputs().isEmpty()) {
      return root(operator);
    }
    if (operator instanceof Operator.ParDo parDo) {
      return parDo(parDo);
    }
    if (operator instanceof Operator.SplitRestrictions split) {
      KeptTransform kept = KeptTransform.of(split.transform(), "SplitRestrictions");
      addSideInputs(kept, split, split.parDo().input());
      return kept;
    }
    if (operator instanceof Operator.ProcessRestrictions process) {
      return processRestrictions(process);
    }
    if (operator instanceof Operator.Deduplicate deduplicate) {
      KeptTransform kept = KeptTransform.of(deduplicate.transform(), "Deduplicate");
      kept.coders().put(KEY, ByteArrayCoder.of());
      return kept;
    }
    if (operator instanceof Operator.GroupByKey
        || operator instanceof Operator.CombinePerKey
        || operator instanceof Operator.GatherView) {
      return grouping(operator, gears.of(operator));
    }
    return null;
  }

  private static @Nullable KeptTransform root(Operator operator) {
    if (operator instanceof Operator.Flatten) {
      return null;
    }
    KeptTransform kept =
        KeptTransform.of(operator.transform(), operator.getClass().getSimpleName());
    String type = "";
    if (operator instanceof Operator.BoundedRead read) {
      type = read.source().getClass().getName();
    } else if (operator instanceof Operator.UnboundedRead read) {
      type = read.source().getClass().getName();
      Coder<?> mark = markCoder(read.source());
      if (mark != null) {
        kept.coders().put("checkpoint mark", mark);
      }
    }
    kept.properties().put(CLASS, type);
    return kept;
  }

  /** Null if the source has none; it can't be read with checkpoints then. */
  private static @Nullable Coder<?> markCoder(UnboundedSource<?, ?> source) {
    return source.getCheckpointMarkCoder();
  }

  // ---- DoFns ----

  private static KeptTransform parDo(Operator.ParDo parDo) {
    KeptTransform kept = KeptTransform.of(parDo.transform(), "ParDo");
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(parDo.fn());
    Collection input = parDo.input();
    if (parDo.stateful()) {
      kept.coders().put(KEY, ((KvCoder<?, ?>) input.coder()).getKeyCoder());
      kept.coders().put(WINDOW, windowCoder(input));
      DeclaredState.addTo(kept, parDo.fn(), signature);
      if (signature.processElement().requiresTimeSortedInput()) {
        kept.states()
            .put(
                StateSelection.systemState("sortBuffer"),
                new KeptState("BAG", null, elementCoder(input)));
      }
    }
    if (StableInputRequirement.isMadeBy(signature)) {
      kept.states().put(STABLE_INPUT, new KeptState(KeptState.ELEMENTS, null, elementCoder(input)));
    }
    addSideInputs(kept, parDo, input);
    if (parDo.fn() instanceof TransactionalSink) {
      kept.properties().put("sink", parDo.fn().getClass().getName());
    }
    return kept;
  }

  private static KeptTransform processRestrictions(Operator.ProcessRestrictions process) {
    KeptTransform kept = KeptTransform.of(process.transform(), "splittable ParDo");
    kept.states()
        .put(
            StateSelection.userState("work"),
            new KeptState("VALUE", null, elementCoder(process.input())));
    addSideInputs(kept, process, process.input());
    if (process.parDo().fn() instanceof TransactionalSink) {
      kept.properties().put("sink", process.parDo().fn().getClass().getName());
    }
    return kept;
  }

  /** The panes that have come, and the elements that wait for others. */
  private static void addSideInputs(KeptTransform kept, Operator operator, Collection input) {
    for (SideInput each : operator.sideInputs()) {
      String name = SIDE_INPUT + each.name();
      kept.coders().put(name, each.collection().coder());
      kept.coders()
          .put(
              name + ", window",
              each.view().getWindowingStrategyInternal().getWindowFn().windowCoder());
      kept.properties().put(name, "read");
    }
    if (!operator.sideInputs().isEmpty()) {
      kept.states().put(WAITING, new KeptState(KeptState.ELEMENTS, null, elementCoder(input)));
    }
  }

  // ---- groupings ----

  private static KeptTransform grouping(Operator operator, GroupingGear gear) {
    KeptTransform kept =
        KeptTransform.of(operator.transform(), operator.getClass().getSimpleName());
    Collection input = operator.inputs().get(0);
    if (!(operator instanceof Operator.GatherView)) {
      kept.coders().put(KEY, ((KvCoder<?, ?>) input.coder()).getKeyCoder());
    }
    kept.coders().put(WINDOW, windowCoder(input));
    addWindowing(kept, input.windowing(), gear);
    String id =
        gear.system
            ? StateSelection.systemState(gear.valuesId)
            : StateSelection.userState(gear.valuesId);
    kept.states().put(id, values(operator, input));
    return kept;
  }

  private static KeptState values(Operator operator, Collection input) {
    if (operator instanceof Operator.CombinePerKey combine) {
      return new KeptState("COMBINING", null, combine.accumulatorCoder());
    }
    return new KeptState(
        "BAG",
        null,
        operator instanceof Operator.GroupByKey
            ? ((KvCoder<?, ?>) input.coder()).getValueCoder()
            : input.coder());
  }

  private static void addWindowing(
      KeptTransform kept, WindowingStrategy<?, ?> windowing, GroupingGear gear) {
    Map<String, String> properties = kept.properties();
    properties.put(GROUPED, gear.keptName);
    properties.put("windows merge", Boolean.toString(windowing.needsMerge()));
    properties.put("accumulation mode", windowing.getMode().name());
    properties.put("timestamp combiner", windowing.getTimestampCombiner().name());
    properties.put("allowed lateness", windowing.getAllowedLateness().getMillis() + " ms");
    if (gear == GroupingGear.REDUCE) {
      properties.put("triggers", triggers(windowing.getTrigger()));
    }
  }

  /** The tree of triggers, without their parameters. */
  private static String triggers(Trigger trigger) {
    String name = trigger.getClass().getName();
    String shortName = name.substring(name.lastIndexOf('.') + 1);
    return trigger.subTriggers().isEmpty()
        ? shortName
        : trigger.subTriggers().stream()
            .map(KeptTransforms::triggers)
            .collect(Collectors.joining(",", shortName + "(", ")"));
  }

  // ---- coders ----

  @SuppressWarnings("unchecked")
  private static Coder<BoundedWindow> windowCoder(Collection collection) {
    return (Coder<BoundedWindow>) collection.windowing().getWindowFn().windowCoder();
  }

  /** Of elements as they are where they wait: with timestamp, window and pane. */
  @SuppressWarnings("unchecked")
  static Coder<?> elementCoder(Collection collection) {
    return WindowedValues.getFullCoder((Coder<Object>) collection.coder(), windowCoder(collection));
  }
}
