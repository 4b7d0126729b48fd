package dev.lintel.translation;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator.CombinePerKey;
import dev.lintel.translation.plan.Operator.PartialCombine;
import dev.lintel.translation.plan.PartialCoder;
import dev.lintel.translation.plan.Triggers;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Splits a combine in two, before the exchange and behind it, where nobody can tell.
 *
 * <p>It makes no difference when several values of a key and window come as one if they would have
 * come into one pane anyway, unseen one by one: so the trigger must not count elements or look at
 * their times (the default one does neither, as long as they are on time: late ones are not
 * combined before the exchange; and one by processing time has panes of what happens to come until
 * then, which a bundle later is no other thing than a slower exchange); windows must not merge
 * (values would be put together that no window of their own yet holds together); the pane's
 * timestamp must not come from its elements; and the function must be a plain one (one with a
 * context may look at the window's side inputs).
 */
final class CombineLifting {
  private CombineLifting() {}

  static boolean mayLift(CombinePerKey combine) {
    WindowingStrategy<?, ?> windowing = combine.input().windowing();
    return combine.combineFn() instanceof CombineFn
        && combine.input().coder() instanceof KvCoder
        && (windowing.getTrigger() instanceof DefaultTrigger
            || Triggers.repeatedAfterProcessingTime(windowing.getTrigger()) != null)
        && windowing.getTimestampCombiner() == TimestampCombiner.END_OF_WINDOW
        && !windowing.needsMerge();
  }

  /** The part before the exchange. */
  static PartialCombine partial(CombinePerKey combine) {
    Collection input = combine.input();
    KvCoder<?, ?> coder = (KvCoder<?, ?>) input.coder();
    Collection output =
        new Collection(
            combine.output().id() + "/Partial",
            combine.transform() + ".partial",
            KvCoder.of(
                coder.getKeyCoder(),
                new PartialCoder(coder.getValueCoder(), combine.accumulatorCoder())),
            input.windowing(),
            input.bounded());
    return new PartialCombine(
        combine.transform() + "/Partial",
        combine.transform(),
        (CombineFn<?, ?, ?>) combine.combineFn(),
        combine.accumulatorCoder(),
        input,
        output);
  }

  /** The part behind it. */
  static CombinePerKey rest(CombinePerKey combine, PartialCombine partial) {
    return new CombinePerKey(
        combine.transform(),
        combine.combineFn(),
        combine.accumulatorCoder(),
        partial.output(),
        combine.output());
  }
}
