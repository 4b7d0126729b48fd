package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lintel.runner.operator.GroupingGear;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.state.StateSelection;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * How a plan goes on from a checkpoint that another one may have taken: found before anything
 * starts, by comparing what the checkpoint says of its plan with what the new one keeps. Immutable.
 */
public final class Compatibility {
  private final Renames renames;
  private final Findings findings;
  private final Set<String> storedTransforms;
  private final KeptGears gears;

  /**
   * The checkpoint to go on from.
   *
   * @param name for errors
   * @param plan what {@link PlanDescription} made of the plan that took it
   * @param transforms all of that plan, by their stored names
   * @param inFlight the inputs that elements of the checkpoint are on their way to, by their stored
   *     names
   * @param maxParallelism the number of its key groups
   */
  public record Checkpoint(
      String name,
      JsonNode plan,
      Set<String> transforms,
      Set<String> inFlight,
      int maxParallelism) {}

  /**
   * What the user says about going on from another pipeline's checkpoint.
   *
   * @param allowUnrestoredState what nothing takes is left behind, instead of being a problem
   * @param parallelism slots
   * @param maxParallelism null: that of the checkpoint will do
   */
  public record Rules(
      Renames renames,
      boolean allowUnrestoredState,
      int parallelism,
      @Nullable Integer maxParallelism) {}

  private Compatibility(
      Renames renames, Findings findings, Set<String> storedTransforms, KeptGears gears) {
    this.renames = renames;
    this.gears = gears;
    this.findings = findings;
    this.storedTransforms = Set.copyOf(storedTransforms);
  }

  /**
   * @throws IncompatiblePipelineException with all that stands against it
   */
  public static Compatibility check(Checkpoint checkpoint, ExecutionPlan plan, Rules rules) {
    Renames renames = rules.renames;
    Findings findings = new Findings();
    Set<String> planned =
        plan.stages().stream()
            .flatMap(stage -> stage.operators().stream())
            .map(Operator::transform)
            .collect(Collectors.toSet());
    Set<String> stored = new HashSet<>(checkpoint.transforms);
    checkpoint.plan.path(PlanDescription.TRANSFORMS).fieldNames().forEachRemaining(stored::add);
    findings.problems.addAll(renames.problems(stored, planned));
    KeptGears gears = gears(checkpoint, renames);
    compareTransforms(checkpoint, KeptTransforms.of(plan, gears), renames, findings);
    compareInputs(checkpoint, plan, renames, findings);
    compareKeyGroups(checkpoint, rules, findings);
    if (!rules.allowUnrestoredState && !findings.left.isEmpty()) {
      findings.problems.add(
          "nothing takes "
              + findings.left.stream().sorted().collect(Collectors.joining(", "))
              + ". If a transform has another name now, say so (--renames=old=new); if what it kept"
              + " is not needed, leave it behind (--allowUnrestoredState).");
    }
    if (!findings.problems.isEmpty()) {
      throw new IncompatiblePipelineException(checkpoint.name, findings.problems);
    }
    return new Compatibility(renames, findings, stored, gears);
  }

  private static KeptGears gears(Checkpoint checkpoint, Renames renames) {
    Set<String> reduced = new HashSet<>();
    checkpoint
        .plan
        .path(PlanDescription.TRANSFORMS)
        .fields()
        .forEachRemaining(
            each -> {
              JsonNode properties = each.getValue().path(KeptTransform.PROPERTIES);
              String grouped = properties.path(KeptTransforms.GROUPED).asText();
              if (grouped.equals(GroupingGear.REDUCE.keptName)) {
                reduced.add(renames.apply(each.getKey()));
              }
            });
    return new KeptGears(reduced);
  }

  private static void compareTransforms(
      Checkpoint checkpoint, Map<String, KeptTransform> kept, Renames renames, Findings findings) {
    checkpoint
        .plan
        .path(PlanDescription.TRANSFORMS)
        .fields()
        .forEachRemaining(
            each -> {
              KeptTransform now = kept.get(renames.apply(each.getKey()));
              if (now == null) {
                findings.leftTransforms.add(each.getKey());
                findings.left.add(
                    "what "
                        + each.getValue().path(KeptTransform.KIND).asText()
                        + " '"
                        + each.getKey()
                        + "' has kept");
              } else {
                new TransformComparison(each.getKey(), each.getValue(), now, renames, findings)
                    .run();
              }
            });
  }

  private static void compareKeyGroups(Checkpoint checkpoint, Rules rules, Findings findings) {
    int stored = checkpoint.maxParallelism;
    Integer asked = rules.maxParallelism;
    if (asked != null && asked != stored) {
      findings.problems.add(
          "expected --maxParallelism="
              + stored
              + " as in the checkpoint, but it is "
              + asked
              + ": keys can't be brought to other key groups. Leave the option out, or set it to "
              + stored
              + ".");
    }
    if (rules.parallelism > stored) {
      findings.problems.add(
          "expected --parallelism of at most "
              + stored
              + ", the --maxParallelism of the checkpoint, but it is "
              + rules.parallelism
              + ". Set it to "
              + stored
              + " or less.");
    }
  }

  /** Elements on their way were not waited for: they are read with the coder of today. */
  private static void compareInputs(
      Checkpoint checkpoint, ExecutionPlan plan, Renames renames, Findings findings) {
    Map<String, Coder<?>> inputs = PlanDescription.inputs(plan);
    JsonNode stored = checkpoint.plan.path(PlanDescription.INPUTS);
    for (String input : checkpoint.inFlight.stream().sorted().toList()) {
      Coder<?> now = inputs.get(renames.applyToInput(input));
      if (now == null) {
        findings.left.add("elements on their way in '" + input + "'");
      } else if (stored.has(input) && !CoderChange.between(stored.path(input), now).isSame()) {
        findings.problems.add(
            "elements on their way in '"
                + input
                + "': expected coder "
                + CoderDescription.text(stored.path(input))
                + " as in the checkpoint, but found "
                + CoderDescription.text(CoderDescription.of(now))
                + ". Take a savepoint with the pipeline that took the checkpoint: it waits for them.");
      }
    }
  }

  /** What a task takes of stored state. */
  public StateSelection selection(Set<String> transforms) {
    Map<String, String> names = new HashMap<>();
    for (String stored : storedTransforms) {
      String name = renames.apply(stored);
      if (transforms.contains(name) && !findings.leftTransforms.contains(stored)) {
        names.put(stored, name);
      }
    }
    return new StateSelection(names, findings.leftStates, findings.migrations);
  }

  /** How groupings have to go on keeping what they have. */
  public KeptGears gears() {
    return gears;
  }

  /** The name that a stored transform has now. */
  public String newName(String transform) {
    return renames.apply(transform);
  }

  /** Whether nothing takes what a stored transform has kept. */
  public boolean isLeft(String transform) {
    return findings.leftTransforms.contains(transform);
  }

  /** The name that a task's input has now. */
  public String newInputName(String input) {
    return renames.applyToInput(input);
  }

  /** The name that the collection of a side input has now. */
  public String newCollectionName(String collection) {
    return renames.applyToCollection(collection);
  }

  /** What is left behind, in words, for the log. */
  public List<String> left() {
    return findings.left.stream().sorted().toList();
  }

  /** How many states are brought to new coders, for the log. */
  public int migrations() {
    return findings.migrations.size();
  }
}
