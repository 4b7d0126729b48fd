package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;

/**
 * One random operation at a time, on two states of the same kind that must behave alike: ours and
 * Beam's in-memory one. What both answer is compared; what is an iterable or deferred is kept, and
 * compared again later.
 */
final class StateOperations {
  static final List<StateTag<? extends State>> TAGS =
      List.of(
          StateTags.value("value", StringUtf8Coder.of()),
          StateTags.bag("bag", StringUtf8Coder.of()),
          StateTags.set("set", StringUtf8Coder.of()),
          StateTags.map("map", StringUtf8Coder.of(), VarIntCoder.of()),
          StateTags.multimap("multimap", StringUtf8Coder.of(), VarIntCoder.of()),
          StateTags.orderedList("list", StringUtf8Coder.of()),
          StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers()),
          StateTags.watermarkStateInternal("earliest", TimestampCombiner.EARLIEST),
          StateTags.makeSystemTagInternal(
              StateTags.watermarkStateInternal("latest", TimestampCombiner.LATEST)),
          StateTags.watermarkStateInternal("end", TimestampCombiner.END_OF_WINDOW));

  private static final int KEPT_MAX = 40;

  private final SplittableRandom random;
  private final List<Runnable> kept = new ArrayList<>();

  StateOperations(SplittableRandom random) {
    this.random = random;
  }

  /** Operates on both states and compares. */
  void apply(State ours, State model) {
    if (ours instanceof ValueState<?>) {
      value(cast(ours), cast(model));
    } else if (ours instanceof BagState<?>) {
      bag(cast(ours), cast(model));
    } else if (ours instanceof SetState<?>) {
      set(cast(ours), cast(model));
    } else if (ours instanceof MapState<?, ?>) {
      map(cast(ours), cast(model));
    } else if (ours instanceof MultimapState<?, ?>) {
      multimap(cast(ours), cast(model));
    } else if (ours instanceof OrderedListState<?>) {
      orderedList(cast(ours), cast(model));
    } else if (ours instanceof CombiningState<?, ?, ?>) {
      combining(cast(ours), cast(model));
    } else {
      hold((WatermarkHoldState) ours, (WatermarkHoldState) model);
    }
  }

  /** Compares again some of what was read before. */
  void checkKept() {
    for (int i = 0; i < 3 && !kept.isEmpty(); i++) {
      int index = random.nextInt(kept.size());
      kept.get(index).run();
      if (kept.size() > KEPT_MAX) {
        kept.set(index, kept.get(kept.size() - 1));
        kept.remove(kept.size() - 1);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T cast(State state) {
    return (T) state;
  }

  private void value(ValueState<String> ours, ValueState<String> model) {
    switch (random.nextInt(8)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1, 2, 3 -> {
        String text = text(200);
        ours.write(text);
        model.write(text);
      }
      default -> assertThat(ours.read()).isEqualTo(model.read());
    }
  }

  private void bag(BagState<String> ours, BagState<String> model) {
    switch (random.nextInt(10)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1 -> keepDeferred(ours.isEmpty(), model.isEmpty());
      case 2, 3, 4 -> sameForEver(ours.read(), model.read(), true);
      case 5 -> {
        for (int i = random.nextInt(60); i > 0; i--) {
          add(ours, model, text(20));
        }
      }
      default -> add(ours, model, text(20));
    }
  }

  private static void add(BagState<String> ours, BagState<String> model, String element) {
    ours.add(element);
    model.add(element);
  }

  private void set(SetState<String> ours, SetState<String> model) {
    String element = "e" + random.nextInt(30);
    switch (random.nextInt(12)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1 -> keepDeferred(ours.isEmpty(), model.isEmpty());
      case 2, 3 -> sameForEver(ours.read(), model.read(), false);
      case 4 -> same(ours.contains(element), model.contains(element));
      case 5 -> same(ours.addIfAbsent(element), model.addIfAbsent(element));
      case 6, 7 -> {
        ours.remove(element);
        model.remove(element);
      }
      default -> {
        ours.add(element);
        model.add(element);
      }
    }
  }

  private void map(MapState<String, Integer> ours, MapState<String, Integer> model) {
    String key = "k" + random.nextInt(30);
    int value = random.nextInt();
    switch (random.nextInt(16)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1 -> keepDeferred(ours.isEmpty(), model.isEmpty());
      case 2 -> sameElements(ours.keys(), model.keys());
      case 3 -> sameElements(ours.values(), model.values());
      case 4 -> sameForEver(pairs(ours.entries().read()), pairs(model.entries().read()), false);
      case 5, 6 -> keepDeferred(ours.get(key), model.get(key));
      case 7 -> same(ours.getOrDefault(key, 5), model.getOrDefault(key, 5));
      case 8 -> same(ours.putIfAbsent(key, value), model.putIfAbsent(key, value));
      case 9 ->
          same(
              ours.computeIfAbsent(key, String::length),
              model.computeIfAbsent(key, String::length));
      case 10, 11 -> {
        ours.remove(key);
        model.remove(key);
      }
      default -> {
        ours.put(key, value);
        model.put(key, value);
      }
    }
  }

  private void multimap(MultimapState<String, Integer> ours, MultimapState<String, Integer> model) {
    String key = "k" + random.nextInt(8);
    int value = random.nextInt(100);
    switch (random.nextInt(16)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1 -> keepDeferred(ours.isEmpty(), model.isEmpty());
      case 2 -> sameElements(ours.keys(), model.keys());
      case 3, 4 -> sameForEver(pairs(ours.entries().read()), pairs(model.entries().read()), false);
      case 5, 6, 7 -> sameForEver(ours.get(key).read(), model.get(key).read(), true);
      case 8 -> keepDeferred(ours.containsKey(key), model.containsKey(key));
      case 9, 10 -> {
        ours.remove(key);
        model.remove(key);
      }
      default -> {
        ours.put(key, value);
        model.put(key, value);
      }
    }
  }

  private void orderedList(OrderedListState<String> ours, OrderedListState<String> model) {
    Instant min = Instant.ofEpochMilli(random.nextInt(-30, 30));
    Instant limit = min.plus(random.nextInt(20));
    switch (random.nextInt(12)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1, 2 -> {
        ours.clearRange(min, limit);
        model.clearRange(min, limit);
      }
      case 3 -> keepDeferred(ours.isEmpty(), model.isEmpty());
      case 4 -> sameForEver(ours.read(), model.read(), true);
      case 5, 6 -> sameForEver(ours.readRange(min, limit), model.readRange(min, limit), true);
      default -> {
        TimestampedValue<String> element = TimestampedValue.of(text(20), min);
        ours.add(element);
        model.add(element);
      }
    }
  }

  private void combining(
      CombiningState<Integer, int[], Integer> ours, CombiningState<Integer, int[], Integer> model) {
    int value = random.nextInt(1000);
    switch (random.nextInt(10)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1 -> keepDeferred(ours.isEmpty(), model.isEmpty());
      case 2 -> assertThat(ours.getAccum()).isEqualTo(model.getAccum());
      case 3 -> {
        ours.addAccum(new int[] {value});
        model.addAccum(new int[] {value});
      }
      case 4, 5, 6 -> assertThat(ours.read()).isEqualTo(model.read());
      default -> {
        ours.add(value);
        model.add(value);
      }
    }
  }

  private void hold(WatermarkHoldState ours, WatermarkHoldState model) {
    switch (random.nextInt(6)) {
      case 0 -> {
        ours.clear();
        model.clear();
      }
      case 1 -> keepDeferred(ours.isEmpty(), model.isEmpty());
      case 2 -> assertThat(ours.read()).isEqualTo(model.read());
      default -> {
        Instant timestamp = Instant.ofEpochMilli(random.nextInt(-50, 50));
        ours.add(timestamp);
        model.add(timestamp);
      }
    }
  }

  private String text(int lengthMax) {
    String text = "t" + random.nextInt(1_000_000);
    return random.nextInt(10) == 0 ? text.repeat(random.nextInt(1, lengthMax)) : text;
  }

  private static void same(ReadableState<?> ours, ReadableState<?> model) {
    assertThat((Object) ours.read()).isEqualTo(model.read());
  }

  /** A deferred read tells the present whenever it is made. */
  private void keepDeferred(ReadableState<?> ours, ReadableState<?> model) {
    same(ours, model);
    kept.add(() -> same(ours, model));
  }

  private static void sameElements(
      ReadableState<? extends Iterable<?>> ours, ReadableState<? extends Iterable<?>> model) {
    compare(ours.read(), copy(model.read()), false);
  }

  /** What was read once is not changed by any later operation. */
  private void sameForEver(Iterable<?> ours, Iterable<?> model, boolean ordered) {
    List<Object> expected = copy(model);
    if (random.nextInt(4) == 0) {
      // Left half-way: its cursor stays open.
      var abandoned = ours.iterator();
      if (abandoned.hasNext()) {
        abandoned.next();
      }
    }
    compare(ours, expected, ordered);
    kept.add(() -> compare(ours, expected, ordered));
  }

  private static void compare(Iterable<?> ours, List<Object> expected, boolean ordered) {
    if (ordered) {
      assertThat(copy(ours)).isEqualTo(expected);
    } else {
      assertThat(copy(ours)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static List<Object> pairs(Iterable<? extends Entry<?, ?>> entries) {
    List<Object> pairs = new ArrayList<>();
    entries.forEach(entry -> pairs.add(entry.getKey() + "=" + entry.getValue()));
    return pairs;
  }

  private static List<Object> copy(Iterable<?> elements) {
    List<Object> copy = new ArrayList<>();
    elements.forEach(copy::add);
    return copy;
  }
}
