package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lintel.state.EncodedKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;

/**
 * The byte codec of timers under Jazzer: as a test it replays the inputs beside it, with {@code
 * JAZZER_FUZZ=1} it looks for new ones.
 */
class TimerCodecFuzzTest {
  private final TimerCodec codec = new TimerCodec(5, 6, 0, IntervalWindow.getCoder());

  /** Bytes of any kind are a timer, which is written as the same bytes again, or are refused. */
  @FuzzTest(maxDuration = "30s")
  void readsOrRefusesAnyBytes(FuzzedDataProvider data) {
    byte[] value = data.consumeBytes(17);
    byte[] key = data.consumeRemainingAsBytes();
    TimerEntry timer;
    try {
      timer = codec.decode(key, value);
    } catch (IllegalArgumentException refused) {
      return;
    }
    TimerEntry again =
        codec.decode(
            codec.timeKey(timer.keyGroup(), timer, timer.timestamp).toBytes(),
            codec.value(timer).toBytes());
    assertThat(again).isEqualTo(timer);
    assertThat(again.outputTimestamp).isEqualTo(timer.outputTimestamp);
  }

  /**
   * Any two timers of a group are read as written, and their keys have the order of time and hash.
   */
  @FuzzTest(maxDuration = "30s")
  void keepsOrder(FuzzedDataProvider data) {
    TimerEntry a = timer(data);
    TimerEntry b = timer(data);
    byte[] keyOfA = codec.timeKey(a.keyGroup(), a, a.timestamp).toBytes();
    byte[] keyOfB = codec.timeKey(b.keyGroup(), b, b.timestamp).toBytes();
    assertThat(codec.decode(keyOfA, codec.value(a).toBytes())).isEqualTo(a);
    int expected = Long.compare(a.timestamp, b.timestamp);
    if (expected == 0) {
      expected = Long.compare(a.tie, b.tie);
    }
    int actual = Integer.signum(Arrays.compareUnsigned(keyOfA, keyOfB));
    if (expected != 0) {
      assertThat(actual).isEqualTo(expected);
    } else {
      assertThat(actual == 0).isEqualTo(a.equals(b));
    }
  }

  private static TimerEntry timer(FuzzedDataProvider data) {
    EncodedKey key = new EncodedKey(data.consumeBytes(8));
    Instant start = new Instant((long) data.consumeInt());
    IntervalWindow window = new IntervalWindow(start, start.plus(data.consumeInt(0, 1000)));
    TimerEntry timer =
        new TimerEntry(
            new TimerIdentity(
                key,
                StateNamespaces.window(IntervalWindow.getCoder(), window),
                wellFormed(data.consumeString(6)),
                wellFormed(data.consumeString(6))),
            3);
    timer.timestamp = data.consumeLong();
    timer.outputTimestamp = data.consumeLong();
    return timer;
  }

  /** Half a surrogate pair is no text: Java writes it as a question mark. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
