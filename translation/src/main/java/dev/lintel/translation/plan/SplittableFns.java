package dev.lintel.translation.plan;

import java.util.Objects;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.MethodWithExtraParameters;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.Parameter.SideInputParameter;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;

/** What the signatures of splittable DoFns tell. */
final class SplittableFns {
  private SplittableFns() {}

  /** Whether a method that runs before the restrictions are processed reads a side input. */
  static boolean restrictionsNeedSideInputs(DoFn<?, ?> fn) {
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(fn);
    return Stream.<MethodWithExtraParameters>of(
            signature.getInitialRestriction(),
            signature.splitRestriction(),
            signature.newTracker(),
            signature.getInitialWatermarkEstimatorState())
        .filter(Objects::nonNull)
        .flatMap(each -> each.extraParameters().stream())
        .anyMatch(SideInputParameter.class::isInstance);
  }
}
