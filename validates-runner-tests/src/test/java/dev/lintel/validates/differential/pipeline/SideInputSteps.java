package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Op;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/** Builds DoFns with side inputs: each adds to an element's value what its side input says. */
final class SideInputSteps {
  private SideInputSteps() {}

  static PCollection<KV<String, Long>> apply(
      String name,
      Op.ViewKind kind,
      PCollection<KV<String, Long>> main,
      PCollection<KV<String, Long>> side) {
    String viewName = name + "-view";
    return switch (kind) {
      case SINGLETON -> {
        PCollectionView<Long> view =
            side.apply(name + "-values", Values.create())
                .apply(viewName, Combine.globally(Sum.ofLongs()).asSingletonView());
        yield main.apply(name, ParDo.of(new AddSingleton(view)).withSideInputs(view));
      }
      case ITERABLE -> {
        PCollectionView<Iterable<Long>> view =
            side.apply(name + "-values", Values.create()).apply(viewName, View.asIterable());
        yield main.apply(name, ParDo.of(new AddIterable(view)).withSideInputs(view));
      }
      case LIST -> {
        PCollectionView<List<Long>> view =
            side.apply(name + "-values", Values.create()).apply(viewName, View.asList());
        yield main.apply(name, ParDo.of(new AddList(view)).withSideInputs(view));
      }
      case MAP -> {
        // A map needs one value for each key.
        PCollectionView<Map<String, Long>> view =
            side.apply(name + "-sums", Sum.longsPerKey()).apply(viewName, View.asMap());
        yield main.apply(name, ParDo.of(new AddFromMap(view)).withSideInputs(view));
      }
      case MULTIMAP -> {
        PCollectionView<Map<String, Iterable<Long>>> view = side.apply(viewName, View.asMultimap());
        yield main.apply(name, ParDo.of(new AddFromMultimap(view)).withSideInputs(view));
      }
    };
  }

  private static final class AddSingleton extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final PCollectionView<Long> view;

    AddSingleton(PCollectionView<Long> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<String, Long> element = context.element();
      context.output(KV.of(element.getKey(), element.getValue() + context.sideInput(view)));
    }
  }

  private static final class AddIterable extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final PCollectionView<Iterable<Long>> view;

    AddIterable(PCollectionView<Iterable<Long>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<String, Long> element = context.element();
      long digest = Digest.of(context.sideInput(view));
      context.output(KV.of(element.getKey(), element.getValue() + digest));
    }
  }

  private static final class AddList extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final PCollectionView<List<Long>> view;

    AddList(PCollectionView<List<Long>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<String, Long> element = context.element();
      List<Long> list = context.sideInput(view);
      // By index, too: a list's order is not known, but it has each element once.
      long byIndex = 0;
      for (int i = 0; i < list.size(); i++) {
        byIndex += list.get(i);
      }
      context.output(KV.of(element.getKey(), element.getValue() + Digest.of(list) + byIndex));
    }
  }

  private static final class AddFromMap extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final PCollectionView<Map<String, Long>> view;

    AddFromMap(PCollectionView<Map<String, Long>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<String, Long> element = context.element();
      Map<String, Long> map = context.sideInput(view);
      long found = map.getOrDefault(element.getKey(), -1L);
      context.output(KV.of(element.getKey(), element.getValue() + found + 1_000 * map.size()));
    }
  }

  private static final class AddFromMultimap extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final PCollectionView<Map<String, Iterable<Long>>> view;

    AddFromMultimap(PCollectionView<Map<String, Iterable<Long>>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<String, Long> element = context.element();
      Map<String, Iterable<Long>> map = context.sideInput(view);
      Iterable<Long> found = map.get(element.getKey());
      long digest = found == null ? -1 : Digest.of(found);
      context.output(KV.of(element.getKey(), element.getValue() + digest + map.size()));
    }
  }
}
