package dev.lintel.benchmarks;

import java.nio.ByteBuffer;
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
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;

/**
 * A GroupByKey over more data than the heap holds, one of whose keys alone has more: that key has
 * every third value. Checks each group: that it has each of its values once, with all their bytes,
 * and that of the large key again in a second iteration. Prints the time.
 */
public final class GroupLargerThanHeap {
  private static final int VALUE_BYTES = 1 << 10;
  private static final int NUMBER_BYTES = 8;
  private static final long LARGE_KEY = 0;
  private static final int LARGE_KEY_EVERY = 3;

  private GroupLargerThanHeap() {}

  /** The size of the work. */
  public interface Options extends PipelineOptions {
    @Description("How many MiB of values are grouped, in values of 1 KiB.")
    @Default.Integer(1_024)
    int getMebibytes();

    void setMebibytes(int value);

    @Description("How many keys there are, without the large one.")
    @Default.Long(10_000)
    long getKeys();

    void setKeys(long value);
  }

  private static long key(long number, long keys) {
    return number % LARGE_KEY_EVERY == 0 ? LARGE_KEY : 1 + number % keys;
  }

  /** A number and bytes that follow from it. */
  private static byte[] value(long number) {
    byte[] bytes = new byte[VALUE_BYTES];
    new SplittableRandom(number).nextBytes(bytes);
    ByteBuffer.wrap(bytes).putLong(number);
    return bytes;
  }

  private static long sum(byte[] bytes) {
    long sum = 0;
    for (int i = NUMBER_BYTES; i < bytes.length; i++) {
      sum += bytes[i];
    }
    return sum;
  }

  /** Makes the key and the value of a number. */
  private static final class ValueFn extends DoFn<Long, KV<Long, byte[]>> {
    private static final long serialVersionUID = 1L;
    private final long keys;

    ValueFn(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, byte[]>> output) {
      output.output(KV.of(key(number, keys), value(number)));
    }
  }

  /** What a group's values come to. */
  private static final class Totals {
    long count;
    long bytes;
    long numbers;
    long byteSum;
    long expectedByteSum;

    void add(long key, byte[] value, long keys) {
      long number = ByteBuffer.wrap(value).getLong();
      if (key(number, keys) != key) {
        throw new IllegalStateException(
            "Expected values of key " + key + ", but found one of " + key(number, keys));
      }
      count++;
      bytes += value.length;
      numbers += number;
      byteSum += sum(value);
      expectedByteSum += sum(value(number));
    }
  }

  /** Checks a group, and counts. */
  private static final class CheckFn extends DoFn<KV<Long, Iterable<byte[]>>, Void> {
    private static final long serialVersionUID = 1L;
    private final Counter groups = Metrics.counter(GroupLargerThanHeap.class, "groups");
    private final Counter values = Metrics.counter(GroupLargerThanHeap.class, "values");
    private final Counter numbers = Metrics.counter(GroupLargerThanHeap.class, "numbers");
    private final Counter largeBytes = Metrics.counter(GroupLargerThanHeap.class, "largeBytes");
    private final long keys;

    CheckFn(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element KV<Long, Iterable<byte[]>> group) {
      Totals totals = totals(group);
      groups.inc();
      values.inc(totals.count);
      numbers.inc(totals.numbers);
      if (group.getKey() == LARGE_KEY) {
        largeBytes.inc(totals.bytes);
        Result.expect("the values of a second iteration", totals.count, totals(group).count);
      }
    }

    private Totals totals(KV<Long, Iterable<byte[]>> group) {
      Totals totals = new Totals();
      for (byte[] each : group.getValue()) {
        totals.add(group.getKey(), each, keys);
      }
      Result.expect("the sum of the bytes of a group", totals.expectedByteSum, totals.byteSum);
      return totals;
    }
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    long count = (long) options.getMebibytes() << 10;
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Numbers", GenerateSequence.from(0).to(count))
        .apply("Values", ParDo.of(new ValueFn(options.getKeys())))
        .apply("Group", GroupByKey.create())
        .apply("Check", ParDo.of(new CheckFn(options.getKeys())));
    long start = System.nanoTime();
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    double seconds = (System.nanoTime() - start) / 1e9;
    Result counted = new Result(GroupLargerThanHeap.class, result);
    counted.expect("values", count);
    // Each number from 0 to count - 1 once.
    counted.expect("numbers", count * (count - 1) / 2);
    System.out.printf(
        "%s, heap %,d MiB: %,d MiB in %,d groups, %,d MiB of them in one, %.1f s%n",
        options.getRunner().getSimpleName(),
        Runtime.getRuntime().maxMemory() >> 20,
        options.getMebibytes(),
        counted.counter("groups"),
        counted.counter("largeBytes") >> 20,
        seconds);
  }
}
