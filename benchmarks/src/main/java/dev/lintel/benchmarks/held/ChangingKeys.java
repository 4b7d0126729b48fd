package dev.lintel.benchmarks.held;

import dev.lintel.benchmarks.cases.Numbers;
import java.util.SplittableRandom;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;

/** Each key once, and then keys at random at a steady rate, each with the number it came from. */
public final class ChangingKeys extends PTransform<PBegin, PCollection<KV<Long, Long>>> {
  private static final long serialVersionUID = 1L;

  private final long keys;
  private final long changes;
  private final long changeMillis;

  /**
   * @param changes how many keys come again in {@code changeMillis}
   */
  public ChangingKeys(long keys, long changes, long changeMillis) {
    this.keys = keys;
    this.changes = changes;
    this.changeMillis = changeMillis;
  }

  /** How many keys a part of them is, at least one. */
  public static long changes(long keys, double part) {
    return Math.max(1, (long) (keys * part));
  }

  /** A value for an element that does not compress, and is another one for each of them. */
  public static byte[] value(KV<Long, Long> element, int bytes) {
    byte[] value = new byte[bytes];
    new SplittableRandom(element.getKey() ^ element.getValue() << 32).nextBytes(value);
    return value;
  }

  @Override
  public PCollection<KV<Long, Long>> expand(PBegin begin) {
    PCollection<KV<Long, Long>> fill =
        begin
            .apply("Fill", Numbers.upTo(keys))
            .apply("KeyOfFill", ParDo.of(new KeyFn(keys, false)));
    PCollection<KV<Long, Long>> change =
        begin
            .apply(
                "Change", GenerateSequence.from(0).withRate(changes, Duration.millis(changeMillis)))
            .apply("KeyOfChange", ParDo.of(new KeyFn(keys, true)));
    return PCollectionList.of(fill).and(change).apply(Flatten.pCollections());
  }

  /** Gives a number the key that it is, or one at random that it stands for. */
  private static final class KeyFn extends DoFn<Long, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;
    private final long keys;
    private final boolean random;

    KeyFn(long keys, boolean random) {
      this.keys = keys;
      this.random = random;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<KV<Long, Long>> output) {
      long key = random ? new SplittableRandom(element).nextLong(keys) : element;
      output.output(KV.of(key, element));
    }
  }
}
