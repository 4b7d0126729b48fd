package dev.lintel.validates.chaos;

/** Seeds from seeds. */
final class Seeds {
  private Seeds() {}

  /** As different as can be for neighbours: the finalizer of MurmurHash3 over both. */
  static long mix(long seed, long salt) {
    long bits = seed * 0x9E3779B97F4A7C15L + salt;
    bits = (bits ^ (bits >>> 33)) * 0xFF51AFD7ED558CCDL;
    bits = (bits ^ (bits >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return bits ^ (bits >>> 33);
  }

  static long mix(long seed, String name) {
    return mix(seed, name.hashCode());
  }
}
