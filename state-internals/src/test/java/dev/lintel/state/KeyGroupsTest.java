package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeyGroupsTest {
  @Test
  void rangesCoverAllGroupsAndSlotOfIsTheirInverse() {
    for (int maxParallelism : new int[] {1, 2, 3, 7, 64, 100, 128, 1000, 32768, 65535}) {
      for (int parallelism = 1; parallelism <= Math.min(maxParallelism, 130); parallelism++) {
        int next = 0;
        for (int slot = 0; slot < parallelism; slot++) {
          KeyGroupRange range = KeyGroups.rangeOf(slot, maxParallelism, parallelism);
          assertThat(range.first()).isEqualTo(next);
          int share = maxParallelism / parallelism;
          assertThat(range.size()).isBetween(share, share + 1);
          for (int group : new int[] {range.first(), range.end() - 1}) {
            assertThat(KeyGroups.slotOf(group, maxParallelism, parallelism)).isEqualTo(slot);
          }
          next = range.end();
        }
        assertThat(next).isEqualTo(maxParallelism);
      }
    }
  }

  @Test
  void everyGroupBelongsToTheRangeOfItsSlot() {
    for (int parallelism = 1; parallelism <= 128; parallelism++) {
      for (int group = 0; group < 128; group++) {
        int slot = KeyGroups.slotOf(group, 128, parallelism);
        assertThat(KeyGroups.rangeOf(slot, 128, parallelism).contains(group)).isTrue();
      }
    }
  }

  /** The values of the reference implementation: stored state depends on them for ever. */
  @Test
  void hashIsMurmur3() {
    assertThat(hash("")).isEqualTo(0);
    assertThat(hash("test")).isEqualTo(0xba6bd213);
    assertThat(hash("Hello, world!")).isEqualTo(0xc0363e43);
    assertThat(hash("The quick brown fox jumps over the lazy dog")).isEqualTo(0x2e4ff723);
  }

  private static int hash(String text) {
    return KeyGroups.hash(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void groupsAreInRangeAndEvenlyUsed() {
    int[] keysOfGroup = new int[128];
    for (int i = 0; i < 128_000; i++) {
      keysOfGroup[KeyGroups.groupOf(StateKit.key("key " + i), 128)]++;
    }
    for (int keys : keysOfGroup) {
      assertThat(keys).isBetween(800, 1200);
    }
  }

  @Test
  void rangesThatAreNoneAreRefused() {
    assertThatThrownBy(() -> new KeyGroupRange(3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("first=3, end=2");
  }
}
