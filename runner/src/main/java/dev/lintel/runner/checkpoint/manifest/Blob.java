package dev.lintel.runner.checkpoint.manifest;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are kept in the manifest itself, as most are few, or else in a file: exactly one of
 * the two.
 */
public record Blob(byte @Nullable [] inline, @Nullable StoredFile file) {
  public Blob {
    if ((inline == null) == (file == null)) {
      throw new IllegalArgumentException(
          "Expected either bytes or a file, but " + (file == null ? "neither" : "both"));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Blob that
        && Arrays.equals(inline, that.inline)
        && Objects.equals(file, that.file);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(inline) + Objects.hashCode(file);
  }

  @Override
  public String toString() {
    return inline != null ? inline.length + " bytes" : String.valueOf(file);
  }
}
