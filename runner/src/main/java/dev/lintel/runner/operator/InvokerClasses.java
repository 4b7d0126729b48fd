package dev.lintel.runner.operator;

import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes by which Beam calls DoFns, one for each class of DoFn. Beam generates them when they
 * are first needed, which takes as long as opening a checkpoint: so both are done at once.
 *
 * <p><i>Ownership:</i> any thread; Beam keeps the classes for all of them.
 */
public final class InvokerClasses {
  private static final Logger LOG = LoggerFactory.getLogger(InvokerClasses.class);

  private InvokerClasses() {}

  /** Has the classes generated that a plan needs. Who needs one that can't be will be told why. */
  public static void generate(ExecutionPlan plan) {
    try {
      plan.stages().stream()
          .flatMap(stage -> stage.operators().stream())
          .filter(Operator.ParDo.class::isInstance)
          .forEach(each -> DoFnInvokers.invokerFor(((Operator.ParDo) each).fn()));
    } catch (RuntimeException | LinkageError e) {
      LOG.debug("Some invokers of DoFns were not generated ahead", e);
    }
  }
}
