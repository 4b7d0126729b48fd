package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.exchange.CodingException;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passes give of each key what one pass with ample memory gives, in the same order. */
class KeyPassesTest {
  private static final int SEEDS = 6;
  private static final int TIME_MILLIS = 200;

  /** So many passes come of what the first one sets aside; more have come of another one. */
  private static final int PARTITIONS = 32;

  private static final List<WindowFn<Object, ? extends BoundedWindow>> WINDOWS =
      List.of(
          new GlobalWindows(),
          FixedWindows.of(Duration.millis(20)),
          SlidingWindows.of(Duration.millis(30)).every(Duration.millis(10)));

  @TempDir Path folder;

  private static Operator.ParDo spec(
      DoFn<KV<String, String>, KV<String, String>> fn,
      WindowFn<Object, ? extends BoundedWindow> windows,
      Coder<String> valueCoder) {
    return Plans.operator(
        Operator.ParDo.class,
        "Tell",
        pipeline ->
            pipeline
                .apply(
                    Create.of(KV.of("a", "b"))
                        .withCoder(KvCoder.of(StringUtf8Coder.of(), valueCoder)))
                .apply(
                    Window.<KV<String, String>>into(windows)
                        .withAllowedLateness(Duration.millis(5))
                        .discardingFiredPanes())
                .apply("Tell", ParDo.of(fn)));
  }

  private static List<WindowedValue<KV<String, String>>> elements(
      SplittableRandom random, WindowFn<Object, ?> windows) {
    int keys = 1 + random.nextInt(random.nextBoolean() ? 200 : 6_000);
    int count = random.nextInt(2 * keys + 500);
    boolean large = random.nextInt(4) == 0;
    List<WindowedValue<KV<String, String>>> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int spread = random.nextInt(3) == 0 ? Math.min(keys, 30) : keys;
      String value = "v" + random.nextInt(1_000);
      if (large && random.nextInt(50) == 0) {
        value = "x".repeat(random.nextInt(30_000));
      }
      KV<String, String> kv = KV.of("key " + random.nextInt(spread), value);
      elements.add(RandomElements.assign(windows, kv, random.nextInt(TIME_MILLIS)));
    }
    return elements;
  }

  @Test
  void givesOfEachKeyWhatOnePassGives() throws IOException {
    int most = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      for (DoFn<KV<String, String>, KV<String, String>> fn : PassFns.all()) {
        String what = "seed " + seed + ", " + fn.getClass().getSimpleName();
        var windows = WINDOWS.get(random.nextInt(WINDOWS.size()));
        Operator.ParDo spec = spec(fn, windows, StringUtf8Coder.of());
        var elements = elements(random, windows);
        try (PassRig ample = new PassRig(spec, PassRig.AMPLE, folder, what);
            PassRig small = new PassRig(spec, 1_000 + random.nextInt(300_000), folder, what)) {
          for (PassRig each : List.of(ample, small)) {
            elements.forEach(each::process);
            each.end();
          }
          assertThat(ample.restarts()).as(what).isZero();
          assertThat(small.outputs()).as(what).isEqualTo(ample.outputs());
          most = Math.max(most, small.restarts());
        }
      }
    }
    assertThat(most).as("passes").isGreaterThan(PARTITIONS);
    assertNothingIsLeft();
  }

  /**
   * The watermark moves while elements come: what is late when it comes is dropped and counted, and
   * what is not late then is not dropped when its pass comes.
   */
  @Test
  void dropsWhatIsLateWhenItComes() {
    long dropped = 0;
    int restarts = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      var fn = random.nextBoolean() ? new PassFns.Counting() : new PassFns.Expiring();
      var windows = WINDOWS.get(1 + random.nextInt(2));
      Operator.ParDo spec = spec(fn, windows, StringUtf8Coder.of());
      var elements = elements(random, windows);
      String what = "seed " + seed;
      long movesSeed = random.nextLong();
      try (PassRig ample = new PassRig(spec, PassRig.AMPLE, folder, what);
          PassRig small = new PassRig(spec, 1_000 + random.nextInt(200_000), folder, what)) {
        for (PassRig each : List.of(ample, small)) {
          SplittableRandom moves = new SplittableRandom(movesSeed);
          long watermark = 0;
          for (WindowedValue<KV<String, String>> element : elements) {
            each.process(element);
            if (moves.nextInt(100) == 0) {
              watermark += moves.nextInt(6);
              each.advanceWatermark(watermark);
            }
          }
          each.end();
        }
        assertThat(small.dropped()).as(what).isEqualTo(ample.dropped());
        assertThat(small.outputs()).as(what).isEqualTo(ample.outputs());
        dropped += small.dropped();
        restarts += small.restarts();
      }
    }
    assertThat(dropped).isPositive();
    assertThat(restarts).isPositive();
  }

  /** Elements of a bounded input that is sorted and watermarked may be late by their timestamp. */
  @Test
  void dropsWhatIsTooLateToBeSorted() {
    Operator.ParDo spec = spec(new PassFns.Sorting(), new GlobalWindows(), StringUtf8Coder.of());
    long[] dropped = new long[2];
    List<Long> limits = List.of(PassRig.AMPLE, 10_000L);
    for (int i = 0; i < limits.size(); i++) {
      try (PassRig rig = new PassRig(spec, limits.get(i), folder, "sorted")) {
        for (int number = 0; number < 1_000; number++) {
          rig.process(element("early " + number, 100));
        }
        rig.advanceWatermark(50);
        for (int number = 0; number < 1_000; number++) {
          rig.process(element("late " + number, number % 100));
        }
        rig.end();
        dropped[i] = rig.dropped();
      }
    }
    assertThat(dropped[0]).isEqualTo(450);
    assertThat(dropped[1]).isEqualTo(450);
  }

  private static WindowedValue<KV<String, String>> element(String key, long millis) {
    return WindowedValues.timestampedValueInGlobalWindow(KV.of(key, "v"), new Instant(millis));
  }

  @Test
  void thereAreNoMoreFilesThanTheFirstLevelsHave() {
    Operator.ParDo spec = spec(new PassFns.Counting(), new GlobalWindows(), StringUtf8Coder.of());
    try (PassRig rig = new PassRig(spec, 1_000, folder, "files")) {
      for (int i = 0; i < 20_000; i++) {
        rig.process(element("key " + i, 0));
      }
      rig.end();
      assertThat(rig.outputs()).hasSize(20_000);
      assertThat(rig.restarts()).isGreaterThan(20_000 / 2 / KeyPasses.KEYS_MIN);
      assertThat(rig.filesMax()).isLessThanOrEqualTo(3 * PARTITIONS);
    }
  }

  /**
   * Keys with the same hash are in one partition at every level: each pass takes some, and sets the
   * rest aside once more.
   */
  @Test
  void passesOverKeysWithTheSameHashEnd() {
    int keys = 1_000;
    Operator.ParDo spec =
        Plans.operator(
            Operator.ParDo.class,
            "Tell",
            pipeline ->
                pipeline
                    .apply(
                        Create.of(KV.of(1L, 1))
                            .withCoder(KvCoder.of(BigEndianLongCoder.of(), VarIntCoder.of())))
                    .apply("Tell", ParDo.of(new PassFns.Summing())));
    try (PassRig rig = new PassRig(spec, 1_000, folder, "equal hashes")) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < keys; i++) {
          long key = keyOfSameHash(i);
          assertThat(hash(key)).isEqualTo(hash(keyOfSameHash(0)));
          rig.process(WindowedValues.valueInGlobalWindow(KV.of(key, 1)));
        }
      }
      rig.end();
      assertThat(rig.outputs()).hasSize(keys);
      assertThat(rig.outputs().values())
          .allSatisfy(sums -> assertThat(sums).hasSize(2).element(1).asString().startsWith("2 "));
      assertThat(rig.restarts()).isBetween(2, 1 + keys / KeyPasses.KEYS_MIN);
      assertThat(rig.filesMax()).isLessThanOrEqualTo(3);
    }
  }

  /** Eight bytes whose second half makes up for what the first does to MurmurHash3. */
  private static long keyOfSameHash(int number) {
    int afterFirst = Integer.rotateLeft(mix(number), 13) * 5 + 0xe6546b64;
    int second = Integer.rotateRight(afterFirst * inverse(0x1b873593), 15) * inverse(0xcc9e2d51);
    return ByteBuffer.allocate(Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(number)
        .putInt(second)
        .order(ByteOrder.BIG_ENDIAN)
        .getLong(0);
  }

  private static int hash(long key) {
    return new EncodedKey(ByteBuffer.allocate(Long.BYTES).putLong(key).array()).hashCode();
  }

  private static int mix(int k) {
    return Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
  }

  /** Of an odd number, modulo 2<sup>32</sup>; each step of Newton's doubles the right bits. */
  private static int inverse(int odd) {
    int inverse = odd;
    for (int i = 0; i < 5; i++) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }

  @Test
  void aCoderThatFailsIsNamed() throws IOException {
    Operator.ParDo spec = spec(new PassFns.Expiring(), new GlobalWindows(), new FailingCoder());
    PassRig rig = new PassRig(spec, 1 << 20, folder, "coder");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 20_000; i++) {
                rig.process(element("key " + i, 0));
              }
            })
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("Tell")
        .hasMessageContaining("setting an element aside")
        .cause()
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("FailingCoder")
        .hasMessageContaining("key ");
    rig.close();
    assertThat(rig.openFiles()).isZero();
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  /** Can encode nothing but what the pipeline is made with. */
  private static final class FailingCoder extends CustomCoder<String> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(String value, OutputStream out) throws CoderException {
      if (!value.equals("b")) {
        throw new CoderException("no " + value);
      }
    }

    @Override
    public String decode(InputStream in) throws CoderException {
      throw new CoderException("nothing");
    }

    @Override
    public String toString() {
      return "FailingCoder";
    }
  }
}
