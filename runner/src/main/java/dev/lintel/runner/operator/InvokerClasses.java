package dev.lintel.runner.operator;

import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;

/**
 * The classes by which Beam calls DoFns, one for each class of DoFn. Beam generates them when they
 * are first needed, which takes as long as opening a checkpoint: so both are done at once.
 *
 * <p><i>Ownership:</i> any thread; Beam keeps the classes for all of them.
 */
public final class InvokerClasses {
  private InvokerClasses() {}

  /** Has the classes generated that a plan needs. */
  public static void generate(ExecutionPlan plan) {
    plan.stages().stream()
        .flatMap(stage -> stage.operators().stream())
        .filter(Operator.ParDo.class::isInstance)
        .forEach(each -> DoFnInvokers.invokerFor(((Operator.ParDo) each).fn()));
  }
}
