package dev.lintel.validates.differential.pipeline;

import java.util.ArrayList;
import java.util.List;

/** One number for some numbers whose order is not known. */
final class Digest {
  private static final long MODULUS = 1_000_003;

  private Digest() {}

  static long of(Iterable<Long> values) {
    List<Long> sorted = new ArrayList<>();
    values.forEach(sorted::add);
    sorted.sort(null);
    long digest = sorted.size();
    for (long value : sorted) {
      digest = Math.floorMod(digest * 31 + value, MODULUS);
    }
    return digest;
  }
}
