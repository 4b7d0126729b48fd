package dev.lintel.runner.clock;

import java.security.SecureRandom;
import java.util.HexFormat;

/** A text that nobody can guess. */
@FunctionalInterface
public interface Secret {
  String next();

  /** From the machine's randomness. */
  static Secret random() {
    return () -> {
      byte[] bytes = new byte[16];
      new SecureRandom().nextBytes(bytes);
      return HexFormat.of().formatHex(bytes);
    };
  }
}
