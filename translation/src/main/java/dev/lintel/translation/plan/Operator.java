package dev.lintel.translation.plan;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;

/**
 * One step of a stage as plain data: what to do, not how. {@code transform} is the user's full name
 * of it, unique.
 */
public sealed interface Operator {
  String transform();

  /** The main inputs; none for a root. */
  List<Collection> inputs();

  List<Collection> outputs();

  /** What it reads besides its inputs, window by window. */
  default List<SideInput> sideInputs() {
    return List.of();
  }

  /** One empty byte array, once. */
  record Impulse(String transform, Collection output) implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of();
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /** A primitive read of a bounded source. */
  record BoundedRead(String transform, BoundedSource<?> source, Collection output)
      implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of();
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /**
   * A primitive read of an unbounded source.
   *
   * @param withRecordIds elements are {@code KV}s of the record's id and the record, for a {@link
   *     Deduplicate}
   */
  record UnboundedRead(
      String transform, UnboundedSource<?, ?> source, boolean withRecordIds, Collection output)
      implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of();
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /** {@code KV<byte[], T>} by record id to {@code T}: the first record of each id. */
  record Deduplicate(String transform, Collection input, Collection output) implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /** Beam's scripted test source. */
  record TestStreamRead(String transform, TestStream<?> testStream, Collection output)
      implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of();
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /** The union of its inputs, of which there may be none, or the same one twice. */
  record Flatten(String transform, List<Collection> inputs, Collection output) implements Operator {
    public Flatten {
      inputs = List.copyOf(inputs);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /**
   * {@code Window.into}: replaces the windows of each element by those that {@code windowFn}
   * assigns.
   */
  record AssignWindows(
      String transform, WindowFn<?, ?> windowFn, Collection input, Collection output)
      implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /**
   * Elements as they are, on another slot: Reshuffle and Redistribute. The exchange before it does
   * the work.
   */
  record Redistribute(String transform, Collection input, Collection output) implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /**
   * A ParDo. A splittable one is never a step of a plan itself: {@link SplitRestrictions} and
   * {@link ProcessRestrictions} are.
   *
   * @param stateful the DoFn declares state or timers, so the input is {@code KV} and comes by key
   * @param sideInputMapping Beam's own names of the side inputs to their views, as {@code
   *     DoFnRunners} wants it
   */
  record ParDo(
      String transform,
      DoFn<?, ?> fn,
      DoFnSchemaInformation schemaInformation,
      Collection input,
      TupleTag<?> mainOutputTag,
      Map<TupleTag<?>, Collection> outputsByTag,
      List<SideInput> sideInputs,
      Map<String, PCollectionView<?>> sideInputMapping,
      boolean stateful)
      implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.copyOf(outputsByTag.values());
    }
  }

  /**
   * The first half of a splittable ParDo: pairs each element with its initial restriction, and
   * splits it.
   *
   * @param output elements are {@code KV<InputT, KV<RestrictionT, WatermarkEstimatorStateT>>}
   */
  record SplitRestrictions(ParDo parDo, Collection output) implements Operator {
    @Override
    public String transform() {
      return parDo.transform() + "/SplitRestrictions";
    }

    @Override
    public List<Collection> inputs() {
      return List.of(parDo.input());
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }

    /** None, if no method that makes or splits restrictions asks for one. */
    @Override
    public List<SideInput> sideInputs() {
      return SplittableFns.restrictionsNeedSideInputs(parDo.fn()) ? parDo.sideInputs() : List.of();
    }
  }

  /**
   * The second half of a splittable ParDo: processes elements with their restrictions, keeps what
   * is left of them, and goes on with it later.
   *
   * @param input what {@link SplitRestrictions} emits
   */
  record ProcessRestrictions(ParDo parDo, Collection input) implements Operator {
    /** Whether all of its work is there in the end: it may be done in any slot, then. */
    public boolean bounded() {
      return input.bounded() && outputs().stream().allMatch(Collection::bounded);
    }

    @Override
    public String transform() {
      return parDo.transform();
    }

    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return parDo.outputs();
    }

    @Override
    public List<SideInput> sideInputs() {
      return parDo.sideInputs();
    }
  }

  /** {@code KV<K, V>} by key to {@code KV<K, Iterable<V>>}. */
  record GroupByKey(String transform, Collection input, Collection output) implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /**
   * What of a {@link CombinePerKey} is done before the exchange: {@code KV<K, V>} to {@code KV<K, V
   * or Partial>}, where a {@link Partial} stands for several values of the same key and windows.
   * Values may as well go on as they are, when combining them brings nothing.
   *
   * @param combine the transform whose first part this is
   * @param output has the coder {@link PartialCoder} for its values
   */
  record PartialCombine(
      String transform,
      String combine,
      CombineFn<?, ?, ?> combineFn,
      Coder<?> accumulatorCoder,
      Collection input,
      Collection output)
      implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /**
   * {@code KV<K, V>} by key to {@code KV<K, OutputT>}: a {@code Combine.perKey} without side
   * inputs. Behind a {@link PartialCombine}, its values may be {@link Partial}s.
   */
  record CombinePerKey(
      String transform,
      GlobalCombineFn<?, ?, ?> combineFn,
      Coder<?> accumulatorCoder,
      Collection input,
      Collection output)
      implements Operator {
    /** Whether a {@link PartialCombine} has been before. */
    public boolean takesPartials() {
      return input.coder() instanceof KvCoder<?, ?> kv
          && kv.getValueCoder() instanceof PartialCoder;
    }

    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }

  /**
   * Gathers a whole collection, window by window, into one pane a firing, by the collection's own
   * windowing and trigger: what a side input is filled with.
   *
   * @param output elements are panes that hold elements of the input
   * @param byKey readers look values up by key, and the input is {@code KV}
   */
  record GatherView(String transform, Collection input, Collection output, boolean byKey)
      implements Operator {
    @Override
    public List<Collection> inputs() {
      return List.of(input);
    }

    @Override
    public List<Collection> outputs() {
      return List.of(output);
    }
  }
}
