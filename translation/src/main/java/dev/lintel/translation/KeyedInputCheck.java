package dev.lintel.translation;

import dev.lintel.translation.plan.CoderNames;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;

/**
 * What has to hold for a collection that is taken by key: it consists of {@code KV}s, and equal
 * keys have equal encodings, for a key is its encoding (decision 4 of the design).
 *
 * <p>Beam checks the same while the user builds the pipeline, and its error comes first; what gets
 * here was built elsewhere or changed since.
 */
final class KeyedInputCheck {
  private final Problems problems;

  KeyedInputCheck(Problems problems) {
    this.problems = problems;
  }

  void check(String transform, String user, Collection input) {
    if (!checkIsKeyed(transform, user, input)) {
      return;
    }
    Coder<?> keyCoder = ((KvCoder<?, ?>) input.coder()).getKeyCoder();
    try {
      keyCoder.verifyDeterministic();
    } catch (Coder.NonDeterministicException e) {
      problems.add(
          transform,
          "Expected a deterministic key coder for the %s of \"%s\", but %s is not: %s."
              .formatted(
                  user, input.name(), CoderNames.of(keyCoder), String.join("; ", e.getReasons())),
          "Set a coder that encodes equal keys to equal bytes, or use another type as the key.");
    }
  }

  /** For who needs no equal bytes: equal keys only should come to the same slot. */
  boolean checkIsKeyed(String transform, String user, Collection input) {
    if (input.coder() instanceof KvCoder) {
      return true;
    }
    problems.add(
        transform,
        "Expected the input of a %s to be of KV, but the coder of \"%s\" is %s."
            .formatted(user, input.name(), CoderNames.of(input.coder())),
        "Make the elements KVs, for instance with WithKeys, and set a KvCoder.");
    return false;
  }
}
