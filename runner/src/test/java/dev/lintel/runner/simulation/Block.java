package dev.lintel.runner.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;

/**
 * A piece of a simulated pipeline and what it means: the same, computed without a runner. Whatever
 * the order in which elements come, and wherever bundles and panes end, what a block gives is the
 * same. It takes and gives elements of the global window.
 */
enum Block {
  TWICE(true),
  REKEY(true),
  RESHUFFLE(true),
  FLATTEN(true),
  EXPAND(true),
  DELAY(true),
  EARLY_PANES(true),
  ADD_GLOBAL_SIDE_INPUT(false),
  ADD_WINDOWED_SIDE_INPUT(false),
  SUM(false),
  GROUP(false),
  SESSIONS(false),
  ACCUMULATING_SUM(false),
  AT_WINDOW_END(false),
  COUNT(false);

  private static final long WINDOW_MILLIS = 30;
  private static final long GAP_MILLIS = 6;

  /** What it gives for an element does not depend on the others. */
  private final boolean single;

  Block(boolean single) {
    this.single = single;
  }

  boolean isSingle() {
    return single;
  }

  /** Its elements have timestamps that depend on the order in which they came. */
  boolean isLast() {
    return this == COUNT;
  }

  static String sideSource(String name) {
    return name + "/side";
  }

  // ---- as a transform ----

  PCollection<KV<Long, Long>> apply(PCollection<KV<Long, Long>> input, String name) {
    PCollection<KV<Long, Long>> output =
        switch (this) {
          case TWICE -> input.apply(name, ParDo.of(new Steps.Twice()));
          case REKEY -> input.apply(name, ParDo.of(new Steps.Rekey()));
          case RESHUFFLE -> input.apply(name, Reshuffle.of());
          case FLATTEN -> flatten(input, name);
          case EXPAND -> input.apply(name, ParDo.of(new Steps.Expand()));
          case DELAY -> input.apply(name, ParDo.of(new Steps.Delay()));
          case ADD_GLOBAL_SIDE_INPUT ->
              addSideInput(
                  input, name, Read.from(new SimulatedBoundedSource(sideSource(name))), global());
          case ADD_WINDOWED_SIDE_INPUT ->
              addSideInput(input, name, Read.from(new SimulatedSource(sideSource(name))), fixed());
          case EARLY_PANES -> earlyPanes(input, name);
          case SUM -> input.apply(name + "/in", fixed()).apply(name, Sum.longsPerKey());
          case GROUP -> mixed(input.apply(name + "/in", fixed()), name);
          case SESSIONS ->
              mixed(
                  input.apply(
                      name + "/in",
                      Window.into(Sessions.withGapDuration(Duration.millis(GAP_MILLIS)))),
                  name);
          case ACCUMULATING_SUM -> accumulatingSum(input, name);
          case AT_WINDOW_END ->
              input.apply(name + "/in", fixed()).apply(name, ParDo.of(new Steps.AtWindowEnd()));
          case COUNT -> input.apply(name, ParDo.of(new Steps.Count()));
        };
    return output
        .setCoder(SimulatedSource.CODER)
        .apply(name + "/out", global())
        .setCoder(SimulatedSource.CODER);
  }

  private static Window<KV<Long, Long>> fixed() {
    return Window.into(FixedWindows.of(Duration.millis(WINDOW_MILLIS)));
  }

  private static Window<KV<Long, Long>> global() {
    return Window.<KV<Long, Long>>into(new GlobalWindows())
        .triggering(DefaultTrigger.of())
        .withAllowedLateness(Duration.ZERO)
        .discardingFiredPanes();
  }

  private static PCollection<KV<Long, Long>> flatten(
      PCollection<KV<Long, Long>> input, String name) {
    return PCollectionList.of(input)
        .and(input.apply(name + "/rekey", ParDo.of(new Steps.Rekey())).setCoder(input.getCoder()))
        .and(input)
        .apply(name, Flatten.pCollections());
  }

  private static PCollection<KV<Long, Long>> mixed(PCollection<KV<Long, Long>> input, String name) {
    return input
        .apply(name + "/group", GroupByKey.create())
        .apply(name, ParDo.of(new Steps.MixGroup()));
  }

  private static PCollection<KV<Long, Long>> addSideInput(
      PCollection<KV<Long, Long>> input,
      String name,
      PTransform<PBegin, PCollection<KV<Long, Long>>> read,
      Window<KV<Long, Long>> windows) {
    PCollectionView<Long> side =
        input
            .getPipeline()
            .apply(name + "/side", read)
            .apply(name + "/sideIn", windows)
            .apply(name + "/sideValues", Values.create())
            .setCoder(VarLongCoder.of())
            .apply(name + "/view", Combine.globally(Sum.ofLongs()).asSingletonView());
    return input
        .apply(name + "/in", windows)
        .apply(name, ParDo.of(new Steps.AddSideInput(side)).withSideInputs(side));
  }

  private static PCollection<KV<Long, Long>> earlyPanes(
      PCollection<KV<Long, Long>> input, String name) {
    return input
        .apply(
            name + "/in",
            fixed()
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(AfterPane.elementCountAtLeast(2)))
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply(name + "/group", GroupByKey.create())
        .apply(name, ParDo.of(new Steps.Ungroup()));
  }

  private static PCollection<KV<Long, Long>> accumulatingSum(
      PCollection<KV<Long, Long>> input, String name) {
    return input
        .apply(
            name + "/in",
            fixed()
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(AfterPane.elementCountAtLeast(2)))
                .withAllowedLateness(Duration.ZERO)
                .accumulatingFiredPanes())
        .apply(name + "/sum", Sum.longsPerKey())
        .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()))
        .apply(name, ParDo.of(new Steps.OnTimePanes()));
  }

  // ---- as the reference ----

  List<Element> reference(List<Element> input, String name, World world) {
    List<Element> output = new ArrayList<>();
    switch (this) {
      case TWICE -> {
        for (Element each : input) {
          output.add(each);
          output.add(
              new Element(
                  (each.key() + 1) % Log.KEYS, each.value() * 2 + 1, each.timestampMillis()));
        }
      }
      case REKEY -> input.forEach(each -> output.add(rekeyed(each)));
      case RESHUFFLE, DELAY -> output.addAll(input);
      case FLATTEN -> {
        output.addAll(input);
        input.forEach(each -> output.add(rekeyed(each)));
        output.addAll(input);
      }
      case EXPAND -> {
        for (Element each : input) {
          for (long i = 0; i < 1 + each.value() % 3; i++) {
            output.add(new Element(each.key(), each.value() * 3 + i, each.timestampMillis()));
          }
        }
      }
      case ADD_GLOBAL_SIDE_INPUT -> {
        long sum = sum(world.log(sideSource(name)).all());
        input.forEach(each -> output.add(plus(each, sum)));
      }
      case ADD_WINDOWED_SIDE_INPUT -> {
        Map<Long, List<Element>> windows = new TreeMap<>();
        world
            .log(sideSource(name))
            .all()
            .forEach(
                each -> windows.computeIfAbsent(end(each), end -> new ArrayList<>()).add(each));
        input.forEach(
            each -> output.add(plus(each, sum(windows.getOrDefault(end(each), List.of())))));
      }
      case EARLY_PANES ->
          input.forEach(each -> output.add(new Element(each.key(), each.value(), end(each))));
      case SUM, ACCUMULATING_SUM ->
          windows(input)
              .forEach(group -> output.add(new Element(group.key, sum(group.elements), group.end)));
      case GROUP, AT_WINDOW_END ->
          windows(input)
              .forEach(group -> output.add(new Element(group.key, mix(group.elements), group.end)));
      case SESSIONS ->
          sessions(input)
              .forEach(group -> output.add(new Element(group.key, mix(group.elements), group.end)));
      case COUNT -> {
        Map<Long, Long> counts = new TreeMap<>();
        for (Element each : input) {
          output.add(
              new Element(
                  each.key(), counts.merge(each.key(), 1L, Long::sum), each.timestampMillis()));
        }
      }
    }
    return output;
  }

  /** Elements of a key and a window, which ends with a certain timestamp. */
  private record Group(long key, long end, List<Element> elements) {}

  private static List<Group> windows(List<Element> input) {
    Map<List<Long>, Group> groups = new java.util.LinkedHashMap<>();
    for (Element each : input) {
      groups
          .computeIfAbsent(
              List.of(each.key(), end(each)),
              id -> new Group(each.key(), end(each), new ArrayList<>()))
          .elements
          .add(each);
    }
    return List.copyOf(groups.values());
  }

  private static List<Group> sessions(List<Element> input) {
    List<Element> sorted = new ArrayList<>(input);
    sorted.sort(Comparator.comparing(Element::key).thenComparing(Element::timestampMillis));
    List<Group> groups = new ArrayList<>();
    List<Element> open = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      Element each = sorted.get(i);
      open.add(each);
      boolean goesOn =
          i + 1 < sorted.size()
              && sorted.get(i + 1).key() == each.key()
              && sorted.get(i + 1).timestampMillis() < each.timestampMillis() + GAP_MILLIS;
      if (!goesOn) {
        groups.add(new Group(each.key(), each.timestampMillis() + GAP_MILLIS - 1, open));
        open = new ArrayList<>();
      }
    }
    return groups;
  }

  private static long end(Element element) {
    return (element.timestampMillis() / WINDOW_MILLIS + 1) * WINDOW_MILLIS - 1;
  }

  private static Element rekeyed(Element element) {
    return new Element(element.value() % Log.KEYS, element.value(), element.timestampMillis());
  }

  private static Element plus(Element element, long more) {
    return new Element(element.key(), element.value() + more, element.timestampMillis());
  }

  private static long sum(List<Element> elements) {
    return elements.stream().mapToLong(Element::value).sum();
  }

  private static long mix(List<Element> elements) {
    return Steps.mix(elements.stream().map(Element::value).toList());
  }
}
