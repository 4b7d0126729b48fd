package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.layout.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Short keys have no array, long ones do: neither can be told by what a key does. */
class EncodedKeyTest {
  /** Of up to twelve bytes, with many that differ in a byte, or in zeros at their end, only. */
  private static final List<byte[]> KEYS = new ArrayList<>();

  @BeforeAll
  static void makeKeys() {
    Random random = new Random(7);
    byte[] bytes = {0, 0, 1, 0x7f, (byte) 0x80, (byte) 0xff};
    for (int length = 0; length <= 12; length++) {
      KEYS.add(new byte[length]);
      for (int i = 0; i < 25; i++) {
        byte[] key = new byte[length];
        for (int place = random.nextInt(length + 1); place < length; place++) {
          key[place] = bytes[random.nextInt(bytes.length)];
        }
        KEYS.add(key);
      }
    }
  }

  private static ByteWriter written(byte[] key) {
    return new ByteWriter().bytes(key);
  }

  @Test
  void aKeyGivesItsBytes() {
    for (byte[] each : KEYS) {
      EncodedKey key = EncodedKey.of(written(each));
      assertThat(key.bytes()).isEqualTo(each);
      assertThat(key.length()).isEqualTo(each.length);
      assertThat(key.writeTo(new ByteWriter()).toBytes())
          .isEqualTo(new ByteWriter().lengthPrefixed(each).toBytes());
      assertThat(key.hashCode()).isEqualTo(KeyGroups.hash(each));
      assertThat(EncodedKey.of(key.head(), key.longBytes(), key.hashCode())).isEqualTo(key);
    }
  }

  @Test
  void keysAreComparedByTheirBytes() {
    for (byte[] one : KEYS) {
      EncodedKey key = new EncodedKey(one.clone());
      for (byte[] other : KEYS) {
        EncodedKey that = EncodedKey.of(written(other));
        boolean same = Arrays.equals(one, other);
        assertThat(key.equals(that)).isEqualTo(same);
        assertThat(key.isOf(written(other))).isEqualTo(same);
        assertThat(Integer.signum(EncodedKey.BY_BYTES.compare(key, that)))
            .as("%s and %s", Arrays.toString(one), Arrays.toString(other))
            .isEqualTo(Integer.signum(Arrays.compareUnsigned(one, other)));
      }
    }
  }

  @Test
  void shorterKeysAreFirstByLength() {
    List<EncodedKey> sorted =
        KEYS.stream().map(EncodedKey::new).sorted(EncodedKey.BY_LENGTH).toList();
    for (int i = 1; i < sorted.size(); i++) {
      byte[] before = sorted.get(i - 1).bytes();
      byte[] key = sorted.get(i).bytes();
      assertThat(before.length).isLessThanOrEqualTo(key.length);
      if (before.length == key.length) {
        assertThat(Arrays.compareUnsigned(before, key)).isNotPositive();
      }
    }
  }
}
