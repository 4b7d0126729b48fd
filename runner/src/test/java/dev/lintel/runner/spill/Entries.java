package dev.lintel.runner.spill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Random entries, and the plain model of their order: a tree map of lists. */
final class Entries {
  private static final int PLAIN_VALUE_BYTES_MAX = 32;

  private final TreeMap<byte[], List<byte[]>> model = new TreeMap<>(Arrays::compareUnsigned);
  private final List<byte[]> keys = new ArrayList<>();

  /** Keys with long common beginnings, and some values beyond every buffer. */
  static Entries random(SplittableRandom random, int count) {
    Entries entries = new Entries();
    for (int i = 0; i < count; i++) {
      byte[] value =
          new byte[random.nextInt(40) == 0 ? random.nextInt(200_000) : random.nextInt(60)];
      random.nextBytes(value);
      entries.add(randomKey(random), value);
    }
    return entries;
  }

  static byte[] randomKey(SplittableRandom random) {
    int common = random.nextInt(4) == 0 ? 250 + random.nextInt(10) : 0;
    byte[] key = new byte[common + random.nextInt(4)];
    Arrays.fill(key, 0, common, (byte) 0x90);
    for (int i = common; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(3) * 0x7f);
    }
    return key;
  }

  void add(byte[] key, byte[] value) {
    model.computeIfAbsent(key, any -> new ArrayList<>()).add(value);
    keys.add(key);
  }

  byte[] keyOrNeighbour(SplittableRandom random) {
    return random.nextBoolean() ? keys.get(random.nextInt(keys.size())) : randomKey(random);
  }

  void forEachSorted(BiConsumer<byte[], byte[]> action) {
    model.forEach((key, values) -> values.forEach(value -> action.accept(key, value)));
  }

  List<String> sorted() {
    return texts(model);
  }

  List<String> from(byte[] key) {
    return texts(model.tailMap(key));
  }

  private static List<String> texts(SortedMap<byte[], List<byte[]>> entries) {
    List<String> texts = new ArrayList<>();
    entries.forEach((key, values) -> values.forEach(value -> texts.add(text(key, value))));
    return texts;
  }

  static List<String> readAll(EntryCursor cursor) {
    List<String> texts = new ArrayList<>();
    while (cursor.next()) {
      texts.add(text(cursor.key(), cursor.value()));
    }
    return texts;
  }

  private static String text(byte[] key, byte[] value) {
    String shown =
        value.length <= PLAIN_VALUE_BYTES_MAX
            ? HexFormat.of().formatHex(value)
            : value.length + " bytes, hash " + Arrays.hashCode(value);
    return HexFormat.of().formatHex(key) + "=" + shown;
  }
}
