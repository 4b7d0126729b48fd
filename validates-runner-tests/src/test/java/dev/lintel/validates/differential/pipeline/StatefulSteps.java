package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Op;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/** Builds the DoFns with state and timers. */
final class StatefulSteps {
  private StatefulSteps() {}

  static PCollection<KV<String, Long>> apply(
      String name, Op.Stateful step, PCollection<KV<String, Long>> input, Duration unit) {
    return input.apply(name, ParDo.of(doFn(step, unit)));
  }

  private static DoFn<KV<String, Long>, KV<String, Long>> doFn(Op.Stateful step, Duration unit) {
    int n = step.n();
    return switch (step.kind()) {
      case AT_END_VALUE -> new EndOfWindowFns.OfValue();
      case AT_END_BAG -> new EndOfWindowFns.OfBag();
      case AT_END_COMBINING -> new EndOfWindowFns.OfCombining();
      case AT_END_SET -> new EndOfWindowFns.OfSet();
      case AT_END_MAP -> new EndOfWindowFns.OfMap();
      case AT_END_MULTIMAP -> new EndOfWindowFns.OfMultimap();
      case AT_END_ORDERED_LIST -> new EndOfWindowFns.OfOrderedList();
      case AT_END_FAMILY -> new EndOfWindowFns.OfFamily();
      case EXPIRY -> new EndOfWindowFns.OnExpiry();
      case TICKS -> new TickingFn(n, unit, /* held= */ false);
      case TICKS_HELD -> new TickingFn(n, unit, /* held= */ true);
      case RUNNING -> new OrderedFns.Running();
      case SORTED -> new OrderedFns.Sorted();
      case RESETTING -> new OrderedFns.Resetting(unit.multipliedBy(n));
      case PROCESSING_TIME -> new OrderedFns.ProcessingTime(unit.multipliedBy(n));
    };
  }
}
