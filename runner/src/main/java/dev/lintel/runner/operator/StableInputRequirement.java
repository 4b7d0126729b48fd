package dev.lintel.runner.operator;

import org.apache.beam.sdk.transforms.reflect.DoFnSignature;

/** Which DoFns have to get the same input again after a restart. */
public final class StableInputRequirement {
  /**
   * What gives temporary files their final names, for {@code TextIO}, {@code FileIO} and the like.
   * It does not ask for stable input, but counts on the reshuffle before it to keep what it has
   * been given, as that of some runners does. Ours keeps nothing: without stable input, elements
   * that are read again after a failure would go to other shards, windows or panes than those that
   * have a file already, and would be there twice, or not at all.
   */
  private static final String FILE_NAMER =
      "org.apache.beam.sdk.io.WriteFiles$FinalizeTempFileBundles$FinalizeFn";

  private StableInputRequirement() {}

  /** Whether a DoFn needs stable input: it says so, or it is known to. */
  public static boolean isMadeBy(DoFnSignature signature) {
    DoFnSignature.OnWindowExpirationMethod expiration = signature.onWindowExpiration();
    return signature.processElement().requiresStableInput()
        || signature.onTimerMethods().values().stream()
            .anyMatch(DoFnSignature.OnTimerMethod::requiresStableInput)
        || (expiration != null && expiration.requiresStableInput())
        || signature.fnClass().getName().equals(FILE_NAMER);
  }
}
