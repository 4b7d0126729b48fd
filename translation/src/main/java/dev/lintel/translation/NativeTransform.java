package dev.lintel.translation;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.jspecify.annotations.Nullable;

/**
 * The transforms that Lintel runs itself, by the URN that the portable proto gives them. Everything
 * else runs through its expansion into these.
 */
enum NativeTransform {
  IMPULSE(PTransformTranslation.IMPULSE_TRANSFORM_URN),
  @SuppressWarnings("deprecation") // Reads as sources are faster than as splittable DoFns.
  READ(PTransformTranslation.READ_TRANSFORM_URN),
  TEST_STREAM(PTransformTranslation.TEST_STREAM_TRANSFORM_URN),
  FLATTEN(PTransformTranslation.FLATTEN_TRANSFORM_URN),
  ASSIGN_WINDOWS(PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN),
  PAR_DO(PTransformTranslation.PAR_DO_TRANSFORM_URN),
  GROUP_BY_KEY(PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN),
  COMBINE_PER_KEY(PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN),
  RESHUFFLE(PTransformTranslation.RESHUFFLE_URN),
  REDISTRIBUTE_BY_KEY(PTransformTranslation.REDISTRIBUTE_BY_KEY_URN),
  REDISTRIBUTE_ARBITRARILY(PTransformTranslation.REDISTRIBUTE_ARBITRARILY_URN);

  private static final Map<String, NativeTransform> BY_URN = new HashMap<>();

  static {
    for (NativeTransform each : values()) {
      BY_URN.put(each.urn, each);
    }
  }

  private final String urn;

  NativeTransform(String urn) {
    this.urn = urn;
  }

  /** Null: Lintel has no operator for this URN. */
  static @Nullable NativeTransform byUrn(String urn) {
    return BY_URN.get(urn);
  }
}
