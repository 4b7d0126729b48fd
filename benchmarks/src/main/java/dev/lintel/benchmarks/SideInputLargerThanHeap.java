package dev.lintel.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * Looks up a side input that is larger than the heap: a map at random keys, a list at random
 * indexes, or an iterable from its beginning to its end. Checks every value that is found.
 */
public final class SideInputLargerThanHeap {
  /** Of an entry's value; its key has about four more. */
  private static final int VALUE_BYTES = 104;

  private SideInputLargerThanHeap() {}

  /** How the side input is read. */
  public enum Kind {
    MAP,
    LIST,
    ITERABLE
  }

  /** The size of the work. */
  public interface Options extends PipelineOptions {
    @Description("How many entries of about 110 bytes the side input has.")
    @Default.Long(6_000_000)
    long getEntries();

    void setEntries(long value);

    @Description("How often it is looked up; an iterable is read once.")
    @Default.Long(200_000)
    long getLookups();

    void setLookups(long value);

    @Description("How it is read: MAP, LIST or ITERABLE.")
    @Default.Enum("MAP")
    Kind getKind();

    void setKind(Kind value);
  }

  /** The value that belongs to a key. */
  private static byte[] valueOf(long key) {
    SplittableRandom random = new SplittableRandom(key);
    ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
    value.putLong(key);
    while (value.hasRemaining()) {
      value.putLong(random.nextLong());
    }
    return value.array();
  }

  private static final class EntryFn extends DoFn<Long, KV<Long, byte[]>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long key, OutputReceiver<KV<Long, byte[]>> output) {
      output.output(KV.of(key, valueOf(key)));
    }
  }

  /** Counts the values that are as they should be. */
  private abstract static class LookupFn extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;
    private final Counter right = Metrics.counter(SideInputLargerThanHeap.class, "right");

    final void check(long key, byte @Nullable [] found) {
      if (!Arrays.equals(valueOf(key), found)) {
        throw new IllegalStateException(
            "Expected the value of " + key + ", but found " + Arrays.toString(found));
      }
      right.inc();
    }
  }

  private static final class MapFn extends LookupFn {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<Long, byte[]>> view;
    private final long entries;

    MapFn(PCollectionView<Map<Long, byte[]>> view, long entries) {
      this.view = view;
      this.entries = entries;
    }

    @ProcessElement
    public void process(@Element Long lookup, ProcessContext context) {
      long key = new SplittableRandom(lookup).nextLong(entries);
      check(key, context.sideInput(view).get(key));
    }
  }

  private static final class ListFn extends LookupFn {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<List<KV<Long, byte[]>>> view;
    private final long entries;

    ListFn(PCollectionView<List<KV<Long, byte[]>>> view, long entries) {
      this.view = view;
      this.entries = entries;
    }

    @ProcessElement
    public void process(@Element Long lookup, ProcessContext context) {
      int index = (int) new SplittableRandom(lookup).nextLong(entries);
      KV<Long, byte[]> found = context.sideInput(view).get(index);
      check(found.getKey(), found.getValue());
    }
  }

  private static final class IterableFn extends LookupFn {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Iterable<KV<Long, byte[]>>> view;

    IterableFn(PCollectionView<Iterable<KV<Long, byte[]>>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(@Element Long ignored, ProcessContext context) {
      for (KV<Long, byte[]> each : context.sideInput(view)) {
        check(each.getKey(), each.getValue());
      }
    }
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    long entries = options.getEntries();
    PCollection<KV<Long, byte[]>> side =
        pipeline
            .apply("Keys", GenerateSequence.from(0).to(entries))
            .apply("Entries", ParDo.of(new EntryFn()));
    PCollection<Long> lookups =
        options.getKind() == Kind.ITERABLE
            ? pipeline.apply("Once", Create.of(0L))
            : pipeline.apply("Lookups", GenerateSequence.from(0).to(options.getLookups()));
    switch (options.getKind()) {
      case MAP -> {
        PCollectionView<Map<Long, byte[]>> view = side.apply(View.asMap());
        lookups.apply("Look up", ParDo.of(new MapFn(view, entries)).withSideInputs(view));
      }
      case LIST -> {
        PCollectionView<List<KV<Long, byte[]>>> view = side.apply(View.asList());
        lookups.apply("Look up", ParDo.of(new ListFn(view, entries)).withSideInputs(view));
      }
      case ITERABLE -> {
        PCollectionView<Iterable<KV<Long, byte[]>>> view = side.apply(View.asIterable());
        lookups.apply("Look up", ParDo.of(new IterableFn(view)).withSideInputs(view));
      }
    }
    long start = System.nanoTime();
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    double seconds = (System.nanoTime() - start) / 1e9;
    long expected = options.getKind() == Kind.ITERABLE ? entries : options.getLookups();
    new Result(SideInputLargerThanHeap.class, result).expect("right", expected);
    System.out.printf(
        "%s, %,d entries, about %,d MiB, heap %,d MiB: %,d values found and right in %.1f s%n",
        options.getKind(),
        entries,
        entries * (VALUE_BYTES + 6) >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        expected,
        seconds);
  }
}
