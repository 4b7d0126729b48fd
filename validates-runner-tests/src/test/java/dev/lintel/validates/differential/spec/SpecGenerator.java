package dev.lintel.validates.differential.spec;

import dev.lintel.validates.differential.spec.Op.Elementwise;
import dev.lintel.validates.differential.spec.Op.ElementwiseKind;
import dev.lintel.validates.differential.spec.Op.Group;
import dev.lintel.validates.differential.spec.Op.GroupKind;
import dev.lintel.validates.differential.spec.Op.Stateful;
import dev.lintel.validates.differential.spec.Op.StatefulKind;
import dev.lintel.validates.differential.spec.PipelineSpec.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Makes a pipeline from a seed: some sources, then steps drawn at random of which those are kept
 * whose results {@link Determinism} finds determined.
 *
 * <p>The same seed gives the same pipeline in every JVM: nothing here depends on the order of a
 * hash table.
 */
public final class SpecGenerator {
  private static final int STEPS_MIN = 3;
  private static final int STEPS_MAX = 9;
  private static final int TRIES_MAX = 40;
  private static final long SECOND_MILLIS = 1_000;
  private static final long HOUR_MILLIS = 3_600_000;

  /** Those of all, and twice those that need to know the order of elements. */
  private static final StatefulKind[] ORDERED_KINDS =
      Stream.concat(
              Arrays.stream(StatefulKind.values()),
              Stream.of(
                  StatefulKind.RUNNING,
                  StatefulKind.SORTED,
                  StatefulKind.RESETTING,
                  StatefulKind.PROCESSING_TIME))
          .toArray(StatefulKind[]::new);

  private final SplittableRandom random;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Integer, Traits> traits = new HashMap<>();
  private boolean scripted;

  private SpecGenerator(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The pipeline of a seed. */
  public static PipelineSpec generate(long seed) {
    return new SpecGenerator(seed).generate();
  }

  private PipelineSpec generate() {
    long unitMillis = random.nextInt(4) == 0 ? HOUR_MILLIS : SECOND_MILLIS;
    SourceGenerator sources = new SourceGenerator(random);
    scripted = random.nextBoolean();
    int others = scripted ? (random.nextInt(4) == 0 ? 1 : 0) : 1 + random.nextInt(2);
    if (scripted) {
      add(sources.script(), List.of());
    }
    for (int i = 0; i < others; i++) {
      add(sources.read(), List.of());
    }
    int steps = STEPS_MIN + random.nextInt(STEPS_MAX - STEPS_MIN + 1);
    for (int tries = 0; nodes.size() < others + steps && tries < TRIES_MAX; tries++) {
      tryStep();
    }
    return new PipelineSpec(unitMillis, List.copyOf(nodes));
  }

  private boolean add(Op op, List<Integer> inputs) {
    if (scripted && Determinism.pauses(op)) {
      return false;
    }
    Optional<Traits> result = Determinism.of(op, inputs.stream().map(traits::get).toList());
    if (result.isEmpty()) {
      return false;
    }
    int id = nodes.size();
    nodes.add(new Node(id, op, inputs));
    traits.put(id, result.get());
    return true;
  }

  private boolean tryStep() {
    int input = anyNode();
    int dice = random.nextInt(100);
    if (dice < 20) {
      return add(new Elementwise(elementwiseKind(), 2 + random.nextInt(3)), List.of(input));
    } else if (dice < 45) {
      return add(new Op.Rewindow(windowing(input)), List.of(input)) && tryToUseWindows();
    } else if (dice < 62) {
      return tryToGroup(input);
    } else if (dice < 79) {
      StatefulKind[] kinds = isOrdered(known(input)) ? ORDERED_KINDS : StatefulKind.values();
      return add(new Stateful(oneOf(kinds), 1 + random.nextInt(4)), List.of(input));
    } else if (dice < 88) {
      return add(new Op.SideInput(oneOf(Op.ViewKind.values())), List.of(input, anyNode()));
    }
    return tryToMeet(dice < 94, input, anyNode());
  }

  private boolean tryToGroup(int input) {
    return add(new Group(oneOf(GroupKind.values()), 2 + random.nextInt(2)), List.of(input));
  }

  /**
   * Windows and triggers mean nothing without a grouping, and few steps keep what triggers need.
   */
  private boolean tryToUseWindows() {
    int windowed = nodes.size() - 1;
    boolean used = false;
    for (int tries = 0; tries < 5 && !used && random.nextInt(10) > 0; tries++) {
      used = tryToGroup(windowed);
    }
    return true;
  }

  /** Two collections can only meet in the same windows: they are given the first one's. */
  private boolean tryToMeet(boolean flatten, int one, int other) {
    Windowing windowing = known(one).windowing();
    int second = other;
    if (!known(other).windowing().equals(windowing)) {
      if (!add(new Op.Rewindow(windowing), List.of(other))) {
        return false;
      }
      second = nodes.size() - 1;
    }
    Op op = flatten ? new Op.Flatten() : new Op.Join();
    return add(op, List.of(one, second));
  }

  /**
   * A node, more often one that nobody reads yet, so that pipelines become deep, or one whose order
   * is known, as the steps that need it are few.
   */
  private int anyNode() {
    if (scripted && random.nextInt(3) == 0) {
      List<Node> direct = nodes.stream().filter(node -> isOrdered(known(node.id()))).toList();
      if (!direct.isEmpty()) {
        return direct.get(random.nextInt(direct.size())).id();
      }
    }
    List<Node> leaves = new PipelineSpec(1, nodes).leaves();
    return random.nextInt(3) == 0
        ? nodes.get(random.nextInt(nodes.size())).id()
        : leaves.get(random.nextInt(leaves.size())).id();
  }

  private ElementwiseKind elementwiseKind() {
    ElementwiseKind kind = oneOf(ElementwiseKind.values());
    // A pipeline that fails compares little: one in fifteen of these is enough.
    return kind == ElementwiseKind.FAIL && random.nextInt(5) > 0 ? ElementwiseKind.ADD : kind;
  }

  private Windowing windowing(int input) {
    Traits in = known(input);
    boolean triggered = isOrdered(in) && random.nextInt(10) < 6;
    Windowing.Kind kind = oneOf(Windowing.Kind.values());
    long size = 2 + random.nextInt(19);
    long period =
        switch (kind) {
          case FIXED -> random.nextInt(3) == 0 ? random.nextInt((int) size) : 0;
          case SLIDING -> Math.max(1, size / (1 + random.nextInt(3)));
          default -> 0;
        };
    return new Windowing(
        kind,
        size,
        period,
        triggered ? trigger() : Windowing.Trigger.DEFAULT,
        random.nextInt(in.late() ? 2 : 3) == 0 ? 1 + random.nextInt(30) : 0,
        random.nextInt(3) == 0,
        timestamps(in),
        random.nextInt(6) == 0);
  }

  private Windowing.Trigger trigger() {
    Windowing.TriggerKind kind = oneOf(Windowing.TriggerKind.values());
    return kind == Windowing.TriggerKind.DEFAULT
        ? Windowing.Trigger.DEFAULT
        : new Windowing.Trigger(kind, 1 + random.nextInt(3));
  }

  private static boolean isOrdered(Traits in) {
    return in.direct() && in.order() != Traits.Order.NONE;
  }

  private Windowing.Timestamps timestamps(Traits in) {
    return in.late() || random.nextBoolean()
        ? Windowing.Timestamps.END
        : oneOf(Windowing.Timestamps.values());
  }

  private Traits known(int node) {
    Traits known = traits.get(node);
    if (known == null) {
      throw new IllegalStateException("Expected the traits of n" + node + ", but there are none");
    }
    return known;
  }

  private <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
