package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.HeapStore;
import dev.lintel.state.store.OrderedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed values before a store against the values that were put. */
class PackedValuesTest {
  private static final int OPERATIONS = 60_000;
  private static final int KEYS = 600;

  private final OrderedStore store = new HeapStore();
  private final OrderedStore.Batch batch = store.batch();
  private final ByteWriter key = new ByteWriter();
  private long limit;
  private final PackedValues packed = new PackedValues(() -> limit, batch);

  private ByteWriter key(int number) {
    // Some keys are too long for the smallest segments.
    key.reset().fixed32(number);
    return number % 10 == 0 ? key.bytes(new byte[number % 200]) : key;
  }

  /** As {@link CellStore} reads. */
  private byte @Nullable [] read(int number) {
    int length = packed.find(key(number));
    if (length == PackedValues.ABSENT) {
      return null;
    }
    if (length != PackedValues.UNKNOWN) {
      ByteReader value = packed.value();
      assertThat(value.remaining()).isEqualTo(length);
      return value.rest();
    }
    byte[] stored = store.get(key);
    if (stored != null) {
      packed.keep(key, stored, stored.length);
    }
    return stored;
  }

  private void write(int number, byte @Nullable [] value, boolean evicting) {
    key(number);
    boolean taken = false;
    if (!evicting) {
      packed.remove(key);
    } else if (value == null) {
      taken = packed.putAbsent(key);
    } else {
      taken = packed.put(key, new ByteWriter().bytes(value));
    }
    if (!taken && value == null) {
      batch.delete(key);
    } else if (!taken) {
      batch.put(key, new ByteWriter().bytes(value));
    }
    batch.commit();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 10_000, 16_384, 40_000, 1 << 20, 1 << 23})
  void nothingIsLost(long bytes) {
    limit = bytes;
    SplittableRandom random = new SplittableRandom(bytes);
    byte[][] model = new byte[KEYS][];
    for (int i = 0; i < OPERATIONS; i++) {
      int number = random.nextInt(random.nextBoolean() ? KEYS : 20);
      switch (random.nextInt(8)) {
        case 0 -> {
          model[number] = null;
          write(number, null, true);
        }
        case 1, 2, 3 -> {
          byte[] value = new byte[random.nextInt(random.nextInt(40) == 0 ? 70_000 : 20)];
          random.nextBytes(value);
          model[number] = value;
          write(number, value, random.nextInt(4) > 0);
        }
        default -> assertThat(read(number)).isEqualTo(model[number]);
      }
      assertThat(packed.bytes()).isLessThanOrEqualTo(limit + tableBytesMax());
      if (random.nextInt(2_000) == 0) {
        checkFlushed(model, random);
        limit = random.nextInt(4) > 0 ? bytes : bytes / 2;
      }
    }
    packed.flush();
    checkStore(model);
  }

  /** A table grows when there is an entry for it, whatever segments there are. */
  private static long tableBytesMax() {
    return 4L * KEYS * Long.BYTES;
  }

  private void checkFlushed(byte[][] model, SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      packed.clear();
      assertThat(packed.bytes()).isZero();
    } else if (random.nextBoolean()) {
      packed.flush();
    } else {
      while (packed.flushSome(1 + random.nextInt(100))) {
        int number = random.nextInt(KEYS);
        assertThat(read(number)).isEqualTo(model[number]);
      }
    }
    assertThat(packed.unwritten()).isZero();
    checkStore(model);
  }

  private void checkStore(byte[][] model) {
    for (int number = 0; number < KEYS; number++) {
      assertThat(store.get(key(number))).isEqualTo(model[number]);
    }
  }

  @Test
  void whatComesAgainIsNotReadFromTheStore() {
    limit = 1 << 20;
    List<Integer> lengths = new ArrayList<>();
    for (int number = 1; number < 5; number++) {
      write(number, new byte[number], true);
      lengths.add(packed.find(key(number)));
    }
    assertThat(lengths).containsExactly(1, 2, 3, 4);
    assertThat(packed.unwritten()).isEqualTo(4);
    assertThat(store.get(key(1))).isNull();

    write(2, null, true);

    assertThat(packed.find(key(2))).isEqualTo(PackedValues.ABSENT);
    assertThat(packed.unwritten()).isEqualTo(4);
    assertThat(packed.find(key(7))).isEqualTo(PackedValues.UNKNOWN);
  }

  @Test
  void aValueOfAnyLengthIsNotTakenForADeletedOne() {
    limit = 1 << 23;
    for (int length : new int[] {0, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000}) {
      write(1, new byte[length], true);
      assertThat(read(1)).hasSize(length);
    }
  }

  @Test
  void theOldestLeaveWhenThereIsNoRoom() {
    limit = 1 << 18;
    int keys = 100_001;
    for (int number = 1; number < keys; number += 2) {
      write(number, new byte[8], true);
    }
    assertThat(packed.find(key(1))).isEqualTo(PackedValues.UNKNOWN);
    assertThat(store.get(key(1))).isEqualTo(new byte[8]);
    assertThat(packed.find(key(keys - 2))).isEqualTo(8);
    assertThat(packed.unwritten()).isBetween(3_000, 12_000);
  }
}
