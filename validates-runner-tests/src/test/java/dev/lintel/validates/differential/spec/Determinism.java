package dev.lintel.validates.differential.spec;

import dev.lintel.validates.differential.spec.Op.Elementwise;
import dev.lintel.validates.differential.spec.Op.Group;
import dev.lintel.validates.differential.spec.Op.GroupKind;
import dev.lintel.validates.differential.spec.Op.Stateful;
import dev.lintel.validates.differential.spec.PipelineSpec.Node;
import dev.lintel.validates.differential.spec.Traits.Order;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says which steps leave a pipeline's results determined by the Beam model, so that two right
 * runners must agree on them. An empty answer means: not determined, or refused by Beam when the
 * pipeline is built.
 *
 * <p>What decides it:
 *
 * <ul>
 *   <li>Without a TestStream no element is late (our sources' watermarks never pass an element that
 *       is still to come, and no step moves timestamps back). So the default trigger fires once for
 *       each key and window. Any other trigger cuts the panes as the runner cuts bundles, and a
 *       stateful DoFn may only do what commutes.
 *   <li>With a TestStream the steps of the script come one after the other, but the elements of one
 *       step are a bundle in any order, and a runner may hand a bundle to a trigger at once. So
 *       triggers and state that depend on order need at most one element of a key in a step.
 *   <li>Whether a late element is dropped depends on the watermark where it is dropped. The model
 *       says what the TestStream's watermark is; behind a step that holds elements or watermarks
 *       back, a runner may be as conservative as it likes.
 * </ul>
 */
public final class Determinism {

  private Determinism() {}

  /** What is known about each collection of a pipeline; empty if one step isn't determined. */
  public static Optional<Map<Integer, Traits>> of(PipelineSpec spec) {
    boolean scripted = spec.nodes().stream().anyMatch(node -> node.op() instanceof Op.Script);
    if (scripted && spec.nodes().stream().anyMatch(node -> pauses(node.op()))) {
      return Optional.empty();
    }
    Map<Integer, Traits> known = new HashMap<>();
    for (Node node : spec.nodes()) {
      List<Traits> inputs = node.inputs().stream().map(known::get).toList();
      Optional<Traits> traits = of(node.op(), inputs);
      if (traits.isEmpty()) {
        return Optional.empty();
      }
      known.put(node.id(), traits.get());
    }
    return Optional.of(known);
  }

  /**
   * Whether a step goes on by processing time. On DirectRunner a pipeline with such a step behind a
   * TestStream hangs: once the script has ended, nobody moves the processing time on.
   */
  static boolean pauses(Op op) {
    return op instanceof Elementwise step && step.kind() == Op.ElementwiseKind.SPLITTABLE_UNBOUNDED;
  }

  /** What is known about a step's output. */
  public static Optional<Traits> of(Op op, List<Traits> inputs) {
    if (op instanceof Op.Source source) {
      return Optional.of(source(source));
    }
    Traits first = inputs.get(0);
    if (op instanceof Elementwise step) {
      return elementwise(step, first);
    }
    if (op instanceof Op.Rewindow rewindow) {
      return rewindow(rewindow.windowing(), first);
    }
    if (op instanceof Group group) {
      return group(group.kind(), first);
    }
    if (op instanceof Stateful stateful) {
      return stateful(stateful, first);
    }
    if (op instanceof Op.SideInput) {
      return sideInput(first, inputs.get(1));
    }
    Optional<Traits> flat = flatten(inputs);
    return op instanceof Op.Flatten ? flat : flat.flatMap(all -> group(GroupKind.DIGEST, all));
  }

  private static Traits source(Op.Source source) {
    boolean script = source instanceof Op.Script;
    boolean bounded =
        !script && !(source instanceof Op.Read read && read.kind() == Op.ReadKind.UNBOUNDED_SOURCE);
    Set<Long> times = new HashSet<>();
    boolean uniqueTimes = source.events().allMatch(event -> times.add(event.time()));
    return new Traits(
        Windowing.GLOBAL,
        false,
        bounded,
        source instanceof Op.Script steps ? order(steps) : Order.NONE,
        source instanceof Op.Script steps && hasLate(steps),
        script,
        uniqueTimes,
        /* paneKnown= */ true,
        /* endOfTime= */ false);
  }

  private static Order order(Op.Script script) {
    Order order = Order.TOTAL;
    for (ScriptStep step : script.steps()) {
      if (step instanceof ScriptStep.Add add && add.events().size() > 1) {
        Set<String> keys = new HashSet<>();
        boolean apart = add.events().stream().allMatch(event -> keys.add(event.key()));
        if (!apart) {
          return Order.NONE;
        }
        order = Order.PER_KEY;
      }
    }
    return order;
  }

  private static boolean hasLate(Op.Script script) {
    long watermark = Long.MIN_VALUE;
    for (ScriptStep step : script.steps()) {
      if (step instanceof ScriptStep.Watermark move) {
        watermark = move.time();
      } else if (step instanceof ScriptStep.Add add) {
        long reached = watermark;
        if (add.events().stream().anyMatch(event -> event.time() < reached)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Optional<Traits> elementwise(Elementwise step, Traits in) {
    return switch (step.kind()) {
      case ADD, FILTER, FAIL -> Optional.of(in);
      case LATER -> Optional.of(in.withUniqueTimes(false));
      case REKEY -> Optional.of(in.order() == Order.TOTAL ? in : in.withOrder(Order.NONE));
      case REPEAT, SPLIT_OUTPUTS -> Optional.of(in.withOrder(Order.NONE).withUniqueTimes(false));
      // Both go through a grouping that fires at once and holds nothing back.
      case RESHUFFLE_BY_KEY, RESHUFFLE, REDISTRIBUTE_BY_KEY, REDISTRIBUTE -> Optional.of(in);
      // A residual holds the watermark as the runner sees fit: a late element could become one
      // that is not, or the other way round.
      case SPLITTABLE, SPLITTABLE_UNBOUNDED ->
          in.late()
              ? Optional.empty()
              : Optional.of(
                  in.held(false)
                      .withUniqueTimes(false)
                      .withBounded(in.bounded() && step.kind() == Op.ElementwiseKind.SPLITTABLE));
    };
  }

  private static Optional<Traits> rewindow(Windowing windowing, Traits in) {
    // Windows that reach beyond the end of time expire before they end.
    if (in.endOfTime() && windowing.kind() != Windowing.Kind.GLOBAL) {
      return Optional.empty();
    }
    Traits out =
        in.withWindowing(
            windowing.withLatenessOfAtLeast(in.windowing().lateness()), /* continued= */ false);
    // An element in several windows becomes several elements with one timestamp.
    return Optional.of(
        in.windowing().isOverlapping() ? out.withOrder(Order.NONE).withUniqueTimes(false) : out);
  }

  private static Optional<Traits> group(GroupKind kind, Traits in) {
    Windowing windows = in.windowing();
    boolean lateUnknown = in.late() && !in.direct();
    // A late element holds the watermark only if it is not behind the output watermark, which each
    // task has its own of: so only the end of the window is a known timestamp.
    boolean timestampUnknown = in.late() && windows.timestamps() != Windowing.Timestamps.END;
    // The first step's sessions may be over before the second step's that they belong to begin.
    boolean sessionsInSteps = kind.isInSteps() && windows.isMerging();
    if (in.continued() || lateUnknown || timestampUnknown || sessionsInSteps) {
      return Optional.empty();
    }
    if (kind.hasOwnTrigger()) {
      return groupByOwnTrigger(kind, in);
    }
    boolean ordered = in.order() == Order.TOTAL || in.order() == Order.PER_KEY && kind.isByKey();
    return windows.trigger().isDefault()
        ? groupByDefaultTrigger(in, ordered && !kind.isInSteps(), kind.isInSteps())
        : groupByTrigger(in, ordered && !kind.isInSteps());
  }

  private static Optional<Traits> groupByOwnTrigger(GroupKind kind, Traits in) {
    // An early pane would carry the window of a session that still grows.
    boolean merging = in.windowing().isMerging();
    boolean windowUnknown = kind == GroupKind.EARLY_PANES_TOGETHER && merging;
    if (!in.windowing().trigger().isDefault() || in.late() || windowUnknown) {
      return Optional.empty();
    }
    return Optional.of(
        grouped(in.withWindowing(in.windowing().discardingAtEnd(), false), merging, false)
            .withPaneKnown(false));
  }

  private static Optional<Traits> groupByDefaultTrigger(
      Traits in, boolean ordered, boolean inSteps) {
    Windowing windows = in.windowing();
    boolean latePanes = in.late() && windows.lateness() > 0;
    // Beam refuses a grouping that can never fire.
    boolean neverFires = !in.bounded() && windows.kind() == Windowing.Kind.GLOBAL;
    // Where the watermark stops between a window's end and its expiry is known with a script only:
    // if it doesn't stop, the pane on time is also the last one.
    boolean lastPaneKnown = windows.lateness() == 0 || in.direct() && !inSteps;
    if (neverFires || latePanes && !ordered || windows.closeAlways() && !lastPaneKnown) {
      return Optional.empty();
    }
    // Windows that have been merged can't be mixed with others: as good as continued.
    return Optional.of(grouped(in, windows.isMerging(), latePanes).withPaneKnown(lastPaneKnown));
  }

  private static Optional<Traits> groupByTrigger(Traits in, boolean ordered) {
    Windowing windows = in.windowing();
    boolean canBeLate = windows.lateness() > 0;
    // With neither elements nor a timer at the end of the window, a task's output watermark may
    // have
    // passed it when the window expires: then the last pane, which is empty, is not on time.
    boolean lastPaneUnknown = !windows.trigger().firesAtTheEnd() && canBeLate;
    if (!in.direct() || !ordered || lastPaneUnknown) {
      return Optional.empty();
    }
    return Optional.of(grouped(in, true, in.late() && canBeLate));
  }

  private static Traits grouped(Traits in, boolean continued, boolean late) {
    return in.held(late)
        .withWindowing(in.windowing(), continued)
        .withUniqueTimes(false)
        .withPaneKnown(true);
  }

  private static Optional<Traits> stateful(Stateful step, Traits in) {
    if (in.windowing().isMerging()) {
      return Optional.empty(); // refused by Beam
    }
    boolean ordered = in.direct() && in.order() != Order.NONE;
    if (in.late() && !ordered) {
      return Optional.empty();
    }
    Traits held = in.held(in.late()).withUniqueTimes(false).withPaneKnown(true);
    return switch (step.kind()) {
      case RUNNING -> ordered ? Optional.of(in) : Optional.empty();
      case RESETTING, PROCESSING_TIME -> ordered ? Optional.of(held) : Optional.empty();
      // Sorting drops late elements or doesn't, and doesn't order those with the same timestamp.
      case SORTED ->
          in.late() || !in.uniqueTimes()
              ? Optional.empty()
              : Optional.of(in.held(false).withPaneKnown(in.paneKnown()));
      // A tick looks at the elements before its time, none of which may be missing.
      case TICKS, TICKS_HELD -> in.late() ? Optional.empty() : Optional.of(held);
      // Comes when the window expires with the window's end as timestamp, which may be behind the
      // watermark by then.
      case EXPIRY ->
          Optional.of(
              in.held(in.late() || in.windowing().lateness() > 0)
                  .withUniqueTimes(false)
                  .withPaneKnown(true));
      default -> Optional.of(held);
    };
  }

  /**
   * The side must give one pane for each window, or else it races with the main input. The main
   * input waits for that pane, which may take long: late elements would be late by an unknown
   * amount.
   */
  private static Optional<Traits> sideInput(Traits main, Traits side) {
    Windowing windows = side.windowing();
    boolean sideIsGlobal = windows.kind() == Windowing.Kind.GLOBAL;
    boolean neverReady = sideIsGlobal && !side.bounded();
    boolean noWindow = !sideIsGlobal && main.windowing().kind() == Windowing.Kind.GLOBAL;
    if (main.late()
        || side.late()
        || side.continued()
        || !windows.trigger().isDefault()
        || windows.closeAlways()
        || windows.isMerging()
        || windows.kind() == Windowing.Kind.CUSTOM
        || neverReady
        || noWindow) {
      return Optional.empty();
    }
    return Optional.of(main.held(false));
  }

  private static Optional<Traits> flatten(List<Traits> inputs) {
    Traits first = inputs.get(0);
    boolean direct = true;
    boolean late = false;
    boolean bounded = true;
    boolean paneKnown = true;
    boolean endOfTime = false;
    for (Traits in : inputs) {
      if (in.continued() || !in.windowing().equals(first.windowing())) {
        return Optional.empty();
      }
      direct &= in.direct();
      late |= in.late();
      bounded &= in.bounded();
      paneKnown &= in.paneKnown();
      endOfTime |= in.endOfTime();
    }
    return Optional.of(
        new Traits(
            first.windowing(),
            false,
            bounded,
            Order.NONE,
            late,
            direct,
            false,
            paneKnown,
            endOfTime));
  }
}
