package dev.lintel.state.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaceForTest;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class ByteCodecTest {
  private static final long SEED = 20_260_102;

  @FuzzTest
  void orderedLongsKeepOrderAndRoundTrip(FuzzedDataProvider data) {
    checkOrder(data.consumeLong(), data.consumeLong());
  }

  @FuzzTest
  void numbersAndStringsRoundTrip(FuzzedDataProvider data) {
    checkRoundTrip(data.consumeInt(), data.consumeLong(), data.consumeRemainingAsBytes());
  }

  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) {
    checkReadOrRefused(bytes);
  }

  @FuzzTest
  void namespacesAreDecodedOrRefused(byte[] bytes) {
    checkNamespace(bytes);
  }

  @Test
  void theSameHoldsForRandomInput() {
    SplittableRandom random = new SplittableRandom(SEED);
    long[] corners = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 255, 256, -256};
    for (long a : corners) {
      for (long b : corners) {
        checkOrder(a, b);
      }
    }
    for (int round = 0; round < 20_000; round++) {
      checkOrder(random.nextLong() >> random.nextInt(64), random.nextLong() >> random.nextInt(64));
      byte[] bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      checkRoundTrip(random.nextInt() >>> random.nextInt(32), random.nextLong(), bytes);
      checkReadOrRefused(bytes);
      if (bytes.length > 0) {
        bytes[0] = (byte) random.nextInt(4);
      }
      checkNamespace(bytes);
    }
  }

  @Test
  void namespacesRoundTrip() {
    Coder<IntervalWindow> windowCoder = IntervalWindow.getCoder();
    SplittableRandom random = new SplittableRandom(SEED);
    assertThat(NamespaceCodec.decode(NamespaceCodec.encode(StateNamespaces.global()), windowCoder))
        .isEqualTo(StateNamespaces.global());
    for (int round = 0; round < 1000; round++) {
      IntervalWindow window =
          new IntervalWindow(
              Instant.ofEpochMilli(random.nextLong(-(1L << 50), 1L << 50)),
              Instant.ofEpochMilli(random.nextLong(1L << 50, 1L << 51)));
      StateNamespace plain = StateNamespaces.window(windowCoder, window);
      assertThat(NamespaceCodec.decode(NamespaceCodec.encode(plain), windowCoder)).isEqualTo(plain);
      StateNamespace triggered =
          StateNamespaces.windowAndTrigger(windowCoder, window, random.nextInt());
      assertThat(NamespaceCodec.decode(NamespaceCodec.encode(triggered), windowCoder))
          .isEqualTo(triggered);
    }
  }

  @Test
  void namespacesOfDifferentKindsDiffer() {
    StateNamespace window =
        StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);
    StateNamespace other = new StateNamespaceForTest("x");
    assertThat(NamespaceCodec.encode(window))
        .isNotEqualTo(NamespaceCodec.encode(StateNamespaces.global()))
        .isNotEqualTo(NamespaceCodec.encode(other));
    assertThatThrownBy(
            () -> NamespaceCodec.decode(NamespaceCodec.encode(other), GlobalWindow.Coder.INSTANCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its kind is 3");
  }

  private static void checkOrder(long a, long b) {
    byte[] x = new ByteWriter().orderedLong(a).toBytes();
    byte[] y = new ByteWriter().orderedLong(b).toBytes();
    assertThat(Integer.signum(Arrays.compareUnsigned(x, y))).isEqualTo(Long.compare(a, b));
    assertThat(new ByteReader(x).orderedLong()).isEqualTo(a);
  }

  private static void checkRoundTrip(int number, long large, byte[] bytes) {
    ByteWriter out = new ByteWriter().varint(number).lengthPrefixed(bytes).fixed16(number);
    out.fixed32(number).fixed64(large).bytes(bytes);
    ByteReader in = new ByteReader(out.toBytes());
    assertThat(in.varint()).isEqualTo(number);
    assertThat(in.lengthPrefixed()).isEqualTo(bytes);
    assertThat(in.fixed16()).isEqualTo(number & 0xffff);
    assertThat(in.fixed32()).isEqualTo(number);
    assertThat(in.fixed64()).isEqualTo(large);
    assertThat(in.rest()).isEqualTo(bytes);
  }

  private static void checkReadOrRefused(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    try {
      byte[] read = in.lengthPrefixed();
      assertThat(read.length).isLessThan(bytes.length);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageContaining("Expected");
    }
  }

  private static void checkNamespace(byte[] bytes) {
    StateNamespace namespace;
    try {
      namespace = NamespaceCodec.decode(bytes, IntervalWindow.getCoder());
    } catch (IllegalArgumentException | ArithmeticException refused) {
      return; // Joda refuses instants beyond its range with an ArithmeticException.
    }
    byte[] again = NamespaceCodec.encode(namespace);
    assertThat(NamespaceCodec.decode(again, IntervalWindow.getCoder())).isEqualTo(namespace);
  }
}
