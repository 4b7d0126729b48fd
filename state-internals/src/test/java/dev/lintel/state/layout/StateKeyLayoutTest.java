package dev.lintel.state.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StateKeyLayoutTest {
  private static final long SEED = 20_260_101;
  private static final int ROUNDS = 20_000;

  @Test
  void noCellsPrefixIsThePrefixOfAnotherCells() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Address a = Address.random(random);
      Address b = random.nextBoolean() ? Address.random(random) : a.changed(random);
      byte[] x = a.prefix();
      byte[] y = b.prefix();
      int common = Arrays.mismatch(x, y);
      boolean prefixes = common < 0 || common == Math.min(x.length, y.length);
      assertThat(prefixes)
          .as("seed %s, round %s: %s and %s", SEED, round, a, b)
          .isEqualTo(a.isSameAs(b));
    }
  }

  @Test
  void endOfPrefixIsBehindEveryKeyWithThePrefixAndBeforeAllOthers() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] prefix = Address.random(random).prefix();
      byte[] end = StateKeyLayout.endOf(prefix);
      byte[] within = Arrays.copyOf(prefix, prefix.length + random.nextInt(9));
      Arrays.fill(within, prefix.length, within.length, (byte) 0xff);
      assertThat(Arrays.compareUnsigned(within, end)).as("round %s", round).isNegative();
      byte[] behind = Address.random(random).prefix();
      if (Arrays.compareUnsigned(behind, within) > 0 && !startsWith(behind, prefix)) {
        assertThat(Arrays.compareUnsigned(behind, end)).as("round %s", round).isNotNegative();
      }
    }
  }

  @Test
  void endOfPrefixNeedsAByteToCountUp() {
    assertThat(StateKeyLayout.endOf(new byte[] {1, -1, -1})).containsExactly(2);
    assertThatThrownBy(() -> StateKeyLayout.endOf(new byte[] {-1, -1}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keyGroupsAreRangesInTheirOrder() {
    for (int group = 0; group < 0xffff; group += 251) {
      byte[] key = StateKeyLayout.start(new ByteWriter(), group, -1).fixed64(-1).toBytes();
      assertThat(Arrays.compareUnsigned(StateKeyLayout.groupStart(group), key)).isNegative();
      assertThat(Arrays.compareUnsigned(key, StateKeyLayout.groupStart(group + 1))).isNegative();
      assertThat(Arrays.compareUnsigned(key, StateKeyLayout.dictionaryPrefix())).isNegative();
    }
  }

  @Test
  void dictionaryNamesRoundTrip() {
    for (String transform : new String[] {"", "a", "Count/GroupByKey", "ä/€\u0000"}) {
      for (String state : new String[] {"", "u", "uvalue", "/\u0000"}) {
        byte[] key = StateKeyLayout.dictionaryKey(transform, state);
        assertThat(StateKeyLayout.dictionaryName(key))
            .isEqualTo(new DictionaryName(transform, state));
      }
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private record Address(int keyGroup, int state, byte[] key, byte[] namespace) {
    static Address random(SplittableRandom random) {
      return new Address(random.nextInt(0xffff), random.nextInt(300), bytes(random), bytes(random));
    }

    private static byte[] bytes(SplittableRandom random) {
      byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(300) : random.nextInt(4)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) random.nextInt(-1, 4);
      }
      return bytes;
    }

    /** An address that shares as much as possible with this one. */
    Address changed(SplittableRandom random) {
      return switch (random.nextInt(3)) {
        case 0 -> new Address(keyGroup, state, bytes(random), namespace);
        case 1 -> new Address(keyGroup, state, key, bytes(random));
        default -> new Address(keyGroup, state + 1, key, namespace);
      };
    }

    byte[] prefix() {
      ByteWriter namespaceBytes = new ByteWriter().bytes(namespace);
      return StateKeyLayout.cell(
              new ByteWriter(), keyGroup, state, out -> out.lengthPrefixed(key), namespaceBytes)
          .toBytes();
    }

    boolean isSameAs(Address other) {
      return keyGroup == other.keyGroup
          && state == other.state
          && Arrays.equals(key, other.key)
          && Arrays.equals(namespace, other.namespace);
    }
  }
}
