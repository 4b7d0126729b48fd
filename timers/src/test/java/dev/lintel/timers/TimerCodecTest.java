package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.StateKeyLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaceForTest;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class TimerCodecTest {
  private static final int TIME_NUMBER = 0x01ffff;
  private static final int ID_NUMBER = 8;

  private final TimerCodec codec =
      new TimerCodec(TIME_NUMBER, ID_NUMBER, 1, IntervalWindow.getCoder());

  @Test
  void everyTimerIsReadAsItWasWritten() {
    for (long seed = 1; seed <= 2000; seed++) {
      TimerEntry timer = randomTimer(new SplittableRandom(seed));
      byte[] key = codec.timeKey(timer.keyGroup(), timer, timer.timestamp).toBytes();
      TimerEntry read = codec.decode(key, codec.value(timer).toBytes());
      assertThat(read).as("seed=%d", seed).isEqualTo(timer);
      assertThat(read.tie).as("seed=%d", seed).isEqualTo(timer.tie);
      assertThat(read.timestamp).as("seed=%d", seed).isEqualTo(timer.timestamp);
      assertThat(read.outputTimestamp).as("seed=%d", seed).isEqualTo(timer.outputTimestamp);
      assertThat(read.holds).as("seed=%d", seed).isEqualTo(timer.holds);
      assertThat(read.causedByDrain).as("seed=%d", seed).isEqualTo(timer.causedByDrain);
    }
  }

  @Test
  void keysOfOneGroupAreInTheOrderOfTimeAndTie() {
    for (long seed = 1; seed <= 5000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TimerEntry a = randomTimer(random);
      TimerEntry b = randomTimer(random);
      if (random.nextBoolean()) {
        b.timestamp = a.timestamp;
      }
      byte[] keyOfA = codec.timeKey(1, a, a.timestamp).toBytes();
      byte[] keyOfB = codec.timeKey(1, b, b.timestamp).toBytes();
      int expected = Long.compare(a.timestamp, b.timestamp);
      if (expected == 0) {
        expected = Integer.compareUnsigned(a.key.hashCode(), b.key.hashCode());
      }
      if (expected != 0) {
        assertThat(Integer.signum(Arrays.compareUnsigned(keyOfA, keyOfB)))
            .as("order (seed=%d)", seed)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void differentTimersHaveDifferentKeys() {
    for (long seed = 1; seed <= 2000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TimerEntry a = randomTimer(random);
      TimerEntry b = randomTimer(random);
      boolean sameBytes = Arrays.equals(codec.idKey(1, a).toBytes(), codec.idKey(1, b).toBytes());
      assertThat(sameBytes).as("seed=%d", seed).isEqualTo(a.equals(b));
    }
  }

  @Test
  void prefixesEnclose() {
    TimerEntry timer = randomTimer(new SplittableRandom(1));
    byte[] key = codec.timeKey(7, timer, -5).toBytes();
    for (byte[] prefix :
        new byte[][] {
          codec.timePrefix(7), codec.timePrefix(7, -5),
        }) {
      assertThat(Arrays.copyOf(key, prefix.length)).isEqualTo(prefix);
      assertThat(Arrays.compareUnsigned(key, StateKeyLayout.endOf(prefix))).isNegative();
    }
  }

  @Test
  void refusesWhatIsNoTimer() {
    TimerEntry timer = randomTimer(new SplittableRandom(1));
    byte[] value = codec.value(timer).toBytes();
    byte[] key = codec.timeKey(7, timer, timer.timestamp).toBytes();
    TimerCodec otherDomain = new TimerCodec(TIME_NUMBER, ID_NUMBER, 2, IntervalWindow.getCoder());
    assertThatThrownBy(() -> otherDomain.decode(key, value)).hasMessageContaining("domain 2");
    byte[] otherTime = codec.timeKey(7, timer, timer.timestamp + 1).toBytes();
    assertThatThrownBy(() -> codec.decode(otherTime, value)).hasMessageContaining("timestamp");
    assertThatThrownBy(() -> codec.decode(key, new byte[3])).hasMessageContaining("it has 3");
    byte[] cut = Arrays.copyOf(key, key.length - 1);
    assertThatThrownBy(() -> codec.decode(cut, value)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesANamespaceThatCouldNotBeRestored() {
    TimerIdentity timer =
        new TimerIdentity(EncodedKey.EMPTY, new StateNamespaceForTest("other"), "", "id");
    assertThatThrownBy(() -> codec.idKey(1, timer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("StateNamespaceForTest");
  }

  private static TimerEntry randomTimer(SplittableRandom random) {
    EncodedKey key = new EncodedKey(randomBytes(random, 3));
    String id = "é\0" + random.nextInt(2);
    String family = random.nextBoolean() ? "" : "family";
    StateNamespace namespace = randomNamespace(random);
    TimerEntry timer =
        new TimerEntry(new TimerIdentity(key, namespace, family, id), random.nextInt(0xffff));
    timer.timestamp = randomTime(random);
    timer.outputTimestamp = randomTime(random);
    timer.holds = random.nextBoolean();
    timer.causedByDrain = random.nextBoolean();
    return timer;
  }

  private static byte[] randomBytes(SplittableRandom random, int max) {
    byte[] bytes = new byte[random.nextInt(max)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static long randomTime(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextInt(3) - 1;
      case 2 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
      default -> random.nextInt();
    };
  }

  private static StateNamespace randomNamespace(SplittableRandom random) {
    long start = random.nextInt(2);
    IntervalWindow window = new IntervalWindow(new Instant(start), new Instant(start + 10));
    return switch (random.nextInt(3)) {
      case 0 -> StateNamespaces.global();
      case 1 -> StateNamespaces.window(IntervalWindow.getCoder(), window);
      default ->
          StateNamespaces.windowAndTrigger(
              IntervalWindow.getCoder(), window, random.nextInt(2) * 37);
    };
  }
}
