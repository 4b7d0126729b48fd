package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Op;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Builds the steps that treat each element for itself. */
final class ElementwiseSteps {
  private ElementwiseSteps() {}

  static PCollection<KV<String, Long>> apply(
      String name, Op.Elementwise step, PCollection<KV<String, Long>> input, Duration units) {
    int n = step.n();
    return switch (step.kind()) {
      case ADD -> input.apply(name, MapElements.via(new Add(n)));
      case REKEY -> input.apply(name, ParDo.of(new Rekey(n)));
      case FILTER -> input.apply(name, Filter.by(element -> element.getValue() % n != 0));
      case REPEAT -> input.apply(name, ParDo.of(new Repeat(n)));
      case LATER -> input.apply(name, ParDo.of(new Later(units)));
      case SPLIT_OUTPUTS -> split(name, n, input);
      case FAIL -> input.apply(name, ParDo.of(new Fail(n)));
      case RESHUFFLE_BY_KEY -> input.apply(name, Reshuffle.of());
      case RESHUFFLE -> input.apply(name, Reshuffle.viaRandomKey());
      case REDISTRIBUTE_BY_KEY -> input.apply(name, Redistribute.byKey());
      case REDISTRIBUTE -> input.apply(name, Redistribute.arbitrarily());
      case SPLITTABLE -> input.apply(name, ParDo.of(new SplittableFns.Bounded(n)));
      case SPLITTABLE_UNBOUNDED -> input.apply(name, ParDo.of(new SplittableFns.Unbounded(n)));
    };
  }

  private static PCollection<KV<String, Long>> split(
      String name, int n, PCollection<KV<String, Long>> input) {
    TupleTag<KV<String, Long>> main = new TupleTag<>() {};
    TupleTag<KV<String, Long>> other = new TupleTag<>() {};
    PCollectionTuple outputs =
        input.apply(
            name, ParDo.of(new Split(n, main, other)).withOutputTags(main, TupleTagList.of(other)));
    PCollection<KV<String, Long>> changed =
        outputs
            .get(other)
            .setCoder(PipelineBuilder.CODER)
            .apply(name + "-other", MapElements.via(new Add(1_000)));
    return PCollectionList.of(outputs.get(main).setCoder(PipelineBuilder.CODER))
        .and(changed)
        .apply(name + "-both", Flatten.pCollections());
  }

  private static final class Add extends SimpleFunction<KV<String, Long>, KV<String, Long>> {
    private final long addend;

    Add(long addend) {
      this.addend = addend;
    }

    @Override
    public KV<String, Long> apply(KV<String, Long> element) {
      return KV.of(element.getKey(), element.getValue() + addend);
    }
  }

  private static final class Rekey extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final long keys;

    Rekey(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element KV<String, Long> element, OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of("r" + element.getValue() % keys, element.getValue()));
    }
  }

  private static final class Repeat extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final int times;

    Repeat(int times) {
      this.times = times;
    }

    @ProcessElement
    public void process(@Element KV<String, Long> element, OutputReceiver<KV<String, Long>> out) {
      for (int i = 0; i < times; i++) {
        out.output(KV.of(element.getKey(), element.getValue() + 100 * i));
      }
    }
  }

  private static final class Later extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final Duration shift;

    Later(Duration shift) {
      this.shift = shift;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        OutputReceiver<KV<String, Long>> out) {
      Instant later = timestamp.plus(shift);
      Instant last = window.maxTimestamp();
      out.outputWithTimestamp(element, later.isBefore(last) ? later : last);
    }
  }

  private static final class Split extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final long modulus;
    private final TupleTag<KV<String, Long>> main;
    private final TupleTag<KV<String, Long>> other;

    Split(long modulus, TupleTag<KV<String, Long>> main, TupleTag<KV<String, Long>> other) {
      this.modulus = modulus;
      this.main = main;
      this.other = other;
    }

    @ProcessElement
    public void process(@Element KV<String, Long> element, MultiOutputReceiver out) {
      if (element.getValue() % modulus == 0) {
        out.get(other).output(element);
      }
      if (element.getValue() % (modulus + 1) != 0) {
        out.get(main).output(element);
      }
    }
  }

  private static final class Fail extends DoFn<KV<String, Long>, KV<String, Long>> {
    private final long divisor;

    Fail(long divisor) {
      this.divisor = divisor;
    }

    @ProcessElement
    public void process(@Element KV<String, Long> element, OutputReceiver<KV<String, Long>> out) {
      if (element.getValue() % (divisor * 5) == 0) {
        throw new DeliberateException();
      }
      out.output(element);
    }
  }

  /** What a generated DoFn fails with. */
  static final class DeliberateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DeliberateException() {
      super("deliberate");
    }
  }
}
