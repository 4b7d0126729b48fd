package dev.lintel.runner.watermark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WatermarkCoalescerTest {
  @Test
  void theMinimumOfAllChannelsCounts() {
    WatermarkCoalescer coalescer = new WatermarkCoalescer(2);
    coalescer.advance(0, 10);
    assertThat(coalescer.watermark()).isEqualTo(Timestamps.MIN_MILLIS);
    coalescer.advance(1, 4);
    assertThat(coalescer.watermark()).isEqualTo(4);
  }

  @Test
  void anIdleChannelThatComesBackBehindDoesNotPullTheWatermarkBack() {
    WatermarkCoalescer coalescer = new WatermarkCoalescer(2);
    coalescer.advance(0, 10);
    coalescer.markIdle(1);
    assertThat(coalescer.watermark()).isEqualTo(10);
    coalescer.advance(1, 4);
    coalescer.advance(0, 20);
    assertThat(coalescer.watermark()).isEqualTo(10);
    coalescer.advance(1, 15);
    assertThat(coalescer.watermark()).isEqualTo(15);
  }

  @Test
  void elementsEndIdleness() {
    WatermarkCoalescer coalescer = new WatermarkCoalescer(2);
    coalescer.advance(0, 10);
    coalescer.markIdle(1);
    coalescer.markActive(1);
    coalescer.advance(0, 20);
    assertThat(coalescer.watermark()).isEqualTo(10);
    assertThat(coalescer.isIdle()).isFalse();
  }

  @Test
  void whenAllAreIdleTheWatermarkStands() {
    WatermarkCoalescer coalescer = new WatermarkCoalescer(2);
    coalescer.advance(0, 10);
    coalescer.advance(1, 12);
    coalescer.markIdle(0);
    coalescer.markIdle(1);
    assertThat(coalescer.isIdle()).isTrue();
    assertThat(coalescer.watermark()).isEqualTo(12);
  }

  @Test
  void noChannelsMeansTheEndOfTime() {
    assertThat(new WatermarkCoalescer(0).watermark()).isEqualTo(Timestamps.MAX_MILLIS);
  }

  @Test
  void neverGoesBackAndNeverPassesAnActiveChannel() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int channels = random.nextInt(1, 5);
      WatermarkCoalescer coalescer = new WatermarkCoalescer(channels);
      long[] last = new long[channels];
      Arrays.fill(last, Timestamps.MIN_MILLIS);
      long before = coalescer.watermark();
      for (int step = 0; step < 200; step++) {
        int channel = random.nextInt(channels);
        last[channel] = Math.max(last[channel], random.nextLong(0, 1_000));
        coalescer.advance(channel, last[channel]);
        long min = Long.MAX_VALUE;
        for (long each : last) {
          min = Math.min(min, each);
        }
        assertThat(coalescer.watermark()).as("seed %d", seed).isEqualTo(min);
        assertThat(coalescer.watermark()).as("seed %d", seed).isGreaterThanOrEqualTo(before);
        before = coalescer.watermark();
      }
    }
  }
}
