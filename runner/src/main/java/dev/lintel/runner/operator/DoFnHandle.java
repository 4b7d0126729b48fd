package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.sink.TransactionalSink;
import dev.lintel.runner.splittable.CallSettings;
import dev.lintel.runner.splittable.SplittableFn;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.DoFnRunners;
import org.apache.beam.runners.core.InMemoryBundleFinalizer.Finalization;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StepContext;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task's own copy of a DoFn: its life (setup, bundles, teardown), its outputs, its metrics scope
 * and its bundle finalizers. The only class that builds Beam's {@link DoFnRunner}s.
 */
final class DoFnHandle {
  private final ParDo spec;
  private final OperatorContext context;
  private final DoFn<Object, Object> fn;
  private final StepScope scope;
  private final DoFnOutputs outputs;
  private final BundleFinalizers finalizers;

  /** Null if the DoFn is no sink with transactions. */
  private final @Nullable SinkTransactions transactions;

  private boolean setUp;

  /**
   * @param outputs by collection id
   */
  DoFnHandle(ParDo spec, OperatorContext context, Map<String, Output> outputs) {
    this.spec = spec;
    this.context = context;
    this.scope = new StepScope(context.metrics().container(spec.transform()));
    this.outputs = new DoFnOutputs(spec, outputs);
    @SuppressWarnings("unchecked")
    DoFn<Object, Object> copy = (DoFn<Object, Object>) SerializableUtils.clone(spec.fn());
    this.fn = copy;
    this.finalizers = new BundleFinalizers(context.checkpointed());
    this.transactions =
        fn instanceof TransactionalSink sink
            ? new SinkTransactions(sink, spec.transform(), context)
            : null;
  }

  DoFn<Object, Object> fn() {
    return fn;
  }

  /** Before {@link #open}. */
  void restore(RestoredOperator restored) {
    if (transactions != null) {
      transactions.restore(restored.partsOfAllSlots());
    }
  }

  /** Calls the user's setup, and begins the first transaction. */
  void open() {
    setUp();
    if (transactions != null) {
      call("beginning a transaction", transactions::begin);
    }
  }

  private void setUp() {
    MetricsContainer before = scope.enter();
    try {
      setUp = true;
      DoFnInvokers.tryInvokeSetupFor(fn, context.options());
    } catch (RuntimeException | Error e) {
      // Beam's helper has already called the teardown.
      setUp = false;
      throw context.fail(spec.transform(), "@Setup", e);
    } finally {
      scope.leave(before);
    }
  }

  /** Calls the user's teardown, if the setup was reached. */
  void close() {
    if (!setUp) {
      return;
    }
    setUp = false;
    MetricsContainer before = scope.enter();
    try {
      DoFnInvokers.invokerFor(fn).invokeTeardown();
    } catch (RuntimeException | Error e) {
      throw context.fail(spec.transform(), "@Teardown", e);
    } finally {
      scope.leave(before);
    }
  }

  /**
   * Runs a piece of user code in the step's metrics scope and gives its failure the transform's
   * name.
   */
  void call(String doing, Runnable code) {
    MetricsContainer before = scope.enter();
    try {
      code.run();
    } catch (RuntimeException | Error e) {
      throw context.fail(spec.transform(), doing, e);
    } finally {
      scope.leave(before);
    }
  }

  /** As {@link #call}, for code with a result. */
  <T> @Nullable T compute(String doing, Supplier<@Nullable T> code) {
    MetricsContainer before = scope.enter();
    try {
      return code.get();
    } catch (RuntimeException | Error e) {
      throw context.fail(spec.transform(), doing, e);
    } finally {
      scope.leave(before);
    }
  }

  /** As {@link #call}, for the one call that is made for each element. */
  void process(DoFnRunner<Object, Object> runner, WindowedValue<Object> element) {
    MetricsContainer before = scope.enter();
    try {
      runner.processElement(element);
    } catch (RuntimeException | Error e) {
      throw context.fail(spec.transform(), "@ProcessElement", e);
    } finally {
      scope.leave(before);
    }
  }

  /** Without checkpoints: commits what the bundle wrote, and runs its finalizers. */
  void bundleCommitted(Instant now) {
    if (transactions != null) {
      call("committing a transaction", transactions::bundleCommitted);
    }
    run(finalizers.dueAfterBundle(now));
  }

  void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    finalizers.snapshot(checkpoint);
    SinkTransactions open = transactions;
    if (open != null) {
      call("preparing a transaction", () -> open.snapshot(checkpoint, snapshot));
    }
  }

  /** Commits what was written before the checkpoint, and runs the finalizers of its bundles. */
  void checkpointCompleted(long checkpoint, Instant now) {
    SinkTransactions prepared = transactions;
    if (prepared != null) {
      call("committing a transaction", () -> prepared.checkpointCompleted(checkpoint));
    }
    run(finalizers.dueAfter(checkpoint, now));
  }

  private void run(List<Finalization> due) {
    for (Finalization each : due) {
      MetricsContainer before = scope.enter();
      try {
        each.getCallback().onBundleSuccess();
      } catch (Exception e) {
        throw context.fail(spec.transform(), "a bundle finalizer", UserCodeException.wrap(e));
      } finally {
        scope.leave(before);
      }
    }
  }

  StepContext stepContext(@Nullable StateInternals state, @Nullable TimerInternals timers) {
    return new TaskStepContext(state, timers, finalizers.ofBundle());
  }

  /** The runner of a DoFn, with state and timers or without. */
  DoFnRunner<Object, Object> runner(
      SideInputReader sideInputs, @Nullable StateInternals state, @Nullable TimerInternals timers) {
    ElementContext element = new ElementContext(fn, context.options(), sideInputs, outputs);
    ElementState keyed =
        state == null || timers == null
            ? null
            : new ElementState(
                fn, DoFnSignatures.signatureForDoFn(fn), spec.input().windowing(), state, timers);
    return new ElementDoFnRunner(
        simpleRunner(sideInputs, stepContext(state, timers)),
        element,
        new ElementArguments(element, outputs, spec, finalizers.ofBundle(), keyed));
  }

  /** The runner of the bundles of a DoFn whose elements are processed by others. */
  DoFnRunner<Object, Object> bundleRunner(SideInputReader sideInputs) {
    return simpleRunner(sideInputs, stepContext(null, null));
  }

  private DoFnRunner<Object, Object> simpleRunner(
      SideInputReader sideInputs, StepContext stepContext) {
    List<TupleTag<?>> additional =
        spec.outputsByTag().keySet().stream()
            .filter(tag -> !tag.equals(outputs.mainTag()))
            .collect(Collectors.toList());
    @SuppressWarnings("unchecked")
    Coder<Object> inputCoder = (Coder<Object>) spec.input().coder();
    return DoFnRunners.simpleRunner(
        context.options(),
        fn,
        sideInputs,
        outputs,
        outputs.mainTag(),
        additional,
        stepContext,
        inputCoder,
        outputs.coders(),
        spec.input().windowing(),
        spec.schemaInformation(),
        spec.sideInputMapping());
  }

  /** The DoFn, which must be splittable, for calling it with restrictions. */
  SplittableFn splittable(SideInputReader sideInputs) {
    return new SplittableFn(
        fn,
        new CallSettings(
            fn,
            context.options(),
            spec.schemaInformation(),
            new CallSettings.Outputs(outputs, outputs.mainTag(), outputs.coders()),
            spec.sideInputMapping(),
            sideInputs::get,
            finalizers.ofBundle()));
  }

  private record TaskStepContext(
      @Nullable StateInternals state, @Nullable TimerInternals timers, BundleFinalizer finalizer)
      implements StepContext {
    @Override
    public StateInternals stateInternals() {
      if (state == null) {
        throw new UnsupportedOperationException("Expected no state in a ParDo without state");
      }
      return state;
    }

    @Override
    public TimerInternals timerInternals() {
      if (timers == null) {
        throw new UnsupportedOperationException("Expected no timers in a ParDo without timers");
      }
      return timers;
    }

    @Override
    public BundleFinalizer bundleFinalizer() {
      return finalizer;
    }
  }
}
