package dev.lintel.validates.differential.spec;

import java.util.List;
import java.util.stream.Stream;

/**
 * One step of a pipeline. All collections are of keys and numbers, so that any step can follow any
 * other; {@link Determinism} says which may.
 */
public sealed interface Op {

  /** A step without input. */
  sealed interface Source extends Op {
    /** All elements that it can give. */
    Stream<Event> events();
  }

  /**
   * A source whose elements come in no order and are never late.
   *
   * @param parts the splits
   */
  record Read(ReadKind kind, List<List<Event>> parts) implements Source {
    @Override
    public Stream<Event> events() {
      return parts.stream().flatMap(List::stream);
    }
  }

  /** How elements are read. */
  enum ReadKind {
    CREATE,
    BOUNDED_SOURCE,
    /** An unbounded source that ends. */
    UNBOUNDED_SOURCE
  }

  /** The numbers from 0 to n-1 by {@code GenerateSequence}; a number is its own time. */
  record Sequence(long n) implements Source {
    @Override
    public Stream<Event> events() {
      return Stream.empty();
    }
  }

  /** A Flatten of nothing. */
  record Nothing() implements Source {
    @Override
    public Stream<Event> events() {
      return Stream.empty();
    }
  }

  /** A {@code TestStream}; at most one in a pipeline. */
  record Script(List<ScriptStep> steps) implements Source {
    @Override
    public Stream<Event> events() {
      return steps.stream()
          .flatMap(step -> step instanceof ScriptStep.Add add ? add.events().stream() : null);
    }
  }

  /** A step that treats each element for itself. */
  record Elementwise(ElementwiseKind kind, int n) implements Op {}

  /** What is done with an element. */
  enum ElementwiseKind {
    /** Adds n. */
    ADD,
    /** Makes the value modulo n the key. */
    REKEY,
    /** Drops each nth value. */
    FILTER,
    /** Gives n elements for one. */
    REPEAT,
    /** Moves the timestamp n units on, but not out of its window. */
    LATER,
    /** A DoFn with two outputs; their flattened elements come out. */
    SPLIT_OUTPUTS,
    /** Fails if a value is divisible by n. */
    FAIL,
    RESHUFFLE_BY_KEY,
    RESHUFFLE,
    REDISTRIBUTE_BY_KEY,
    REDISTRIBUTE,
    /** A bounded splittable DoFn that gives n elements for one. */
    SPLITTABLE,
    /** An unbounded splittable DoFn that gives n elements for one, pausing after each. */
    SPLITTABLE_UNBOUNDED
  }

  /** Puts each element into other windows. */
  record Rewindow(Windowing windowing) implements Op {}

  /** A step that groups by key and window. */
  record Group(GroupKind kind, int n) implements Op {}

  /** What is made of a group. */
  enum GroupKind {
    /** GroupByKey, and one number for all values of a group. */
    DIGEST,
    /** GroupByKey, and each value for itself again. */
    EACH,
    SUM,
    MIN,
    MAX,
    MEAN,
    COUNT,
    /** The n largest, as one number. */
    LARGEST,
    /** A sum by a combine function with context. */
    SUM_WITH_CONTEXT,
    /** A sum with a fan-out of n for each key. */
    SUM_WITH_FANOUT,
    SUM_GLOBALLY,
    SUM_GLOBALLY_WITH_FANOUT,
    COUNT_EACH,
    DISTINCT,
    /**
     * GroupByKey with a trigger that fires after n elements, discarding; the elements of all panes
     * come out, each for itself.
     */
    EARLY_PANES_TOGETHER,
    /** GroupByKey with such a trigger, accumulating; the pane that is on time comes out. */
    ON_TIME_PANE_ONLY;

    /** Whether groups are by the collection's own key. */
    public boolean isByKey() {
      return switch (this) {
        case SUM_GLOBALLY, SUM_GLOBALLY_WITH_FANOUT, COUNT_EACH, DISTINCT -> false;
        default -> true;
      };
    }

    /** Whether it goes through several groupings, or spreads keys at random. */
    public boolean isInSteps() {
      return this == SUM_WITH_FANOUT || this == SUM_GLOBALLY_WITH_FANOUT || this == DISTINCT;
    }

    /** Whether it brings its own trigger. */
    public boolean hasOwnTrigger() {
      return this == EARLY_PANES_TOGETHER || this == ON_TIME_PANE_ONLY;
    }
  }

  /** A CoGroupByKey of two collections, as one number for each key and window. */
  record Join() implements Op {}

  /** A Flatten. */
  record Flatten() implements Op {}

  /** A DoFn with state and timers. */
  record Stateful(StatefulKind kind, int n) implements Op {}

  /** What a stateful DoFn does. */
  enum StatefulKind {
    /** A sum in value state, given at the end of the window. */
    AT_END_VALUE,
    AT_END_BAG,
    AT_END_COMBINING,
    AT_END_SET,
    AT_END_MAP,
    AT_END_MULTIMAP,
    AT_END_ORDERED_LIST,
    /** A timer of a family for even and odd values each. */
    AT_END_FAMILY,
    /** All values in one number when the window expires. */
    EXPIRY,
    /** n times, from a unit after the first element on: the values before the timer's time. */
    TICKS,
    /** The same, with the first element's time as output timestamp of all timers. */
    TICKS_HELD,
    /** The sum so far, with each element. */
    RUNNING,
    /** The sum so far, with each element, in the order of time. */
    SORTED,
    /** The sum, n units after the last element; a value divisible by 3 clears the timer. */
    RESETTING,
    /** The sum, n units of processing time after the last element. */
    PROCESSING_TIME
  }

  /** A DoFn with a side input. Its inputs: the main one, then the side. */
  record SideInput(ViewKind kind) implements Op {}

  /** The kinds of side inputs. */
  enum ViewKind {
    SINGLETON,
    ITERABLE,
    LIST,
    MAP,
    MULTIMAP
  }
}
