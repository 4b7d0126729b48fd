package dev.lintel.runner;

import dev.lintel.runner.checkpoint.manifest.JsonFormat;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.sink.SinkReplacements;
import dev.lintel.state.RocksDbStateBackend;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.model.pipeline.v1.MetricsApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.format.DateTimeFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM load what every job needs, on a thread of its own while the user's pipeline is being
 * built: much of the time of a start is the loading of classes.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  private WarmUp() {}

  private static final class Nothing extends DoFn<Void, Void> {
    @ProcessElement
    public void process() {}
  }

  /**
   * Called when Beam asks which runners there are: before it looks at options, which takes it as
   * long as all this. Does nothing unless the command line names this runner; where the choice is
   * made otherwise, {@link #begin} comes in time for most of it.
   */
  static void beginIfNamed() {
    String command = System.getProperty("sun.java.command", "").toLowerCase(Locale.ROOT);
    if (command.contains("--runner=lintel")) {
      begin(
          command.contains("--checkpointdir="),
          !command.contains("--statebackend=" + OptionValues.HEAP));
    }
  }

  /**
   * Only the first call in a process has anything done.
   *
   * @param withCheckpoints what is needed to go on from one is loaded, too. Without, the job is
   *     likely to be short: what it does not need would keep it waiting for the processor
   */
  static void begin(boolean withCheckpoints, boolean withRocksDb) {
    if (BEGUN.compareAndSet(false, true)) {
      inBackground(
          () -> {
            load();
            if (withCheckpoints) {
              loadForCheckpoints(withRocksDb);
            }
          });
    }
  }

  /** In the order in which it is needed. */
  private static void load() {
    RunnerApi.getDescriptor();
    // The first invoker takes the generator of classes along.
    DoFn<Void, Void> fn = new Nothing();
    DoFnInvokers.invokerFor(fn);
    ParDoTranslation.translateDoFn(
        fn, new TupleTag<>(), Map.of(), DoFnSchemaInformation.create(), SdkComponents.create());
    parseReads();
    MetricsApi.getDescriptor();
    loadNested(RunnerApi.class);
    // Beam gives a job that has no name the time as one.
    DateTimeFormat.forPattern("MMddHHmmss").print(0);
  }

  /** Each read of a source is built from one of these DoFns, whose signatures Beam keeps. */
  private static void parseReads() {
    for (Class<?> nested : Read.class.getDeclaredClasses()) {
      if (DoFn.class.isAssignableFrom(nested)) {
        @SuppressWarnings("unchecked")
        Class<? extends DoFn<?, ?>> fn = (Class<? extends DoFn<?, ?>>) nested;
        DoFnSignatures.getSignature(fn);
      }
    }
  }

  private static void loadForCheckpoints(boolean withRocksDb) {
    SinkReplacements.loadAhead();
    if (withRocksDb) {
      RocksDbStateBackend.loadLibrary();
    }
    JsonFormat.prepare();
    MetricsSnapshot.fromBytes(MetricsSnapshot.empty().toBytes());
  }

  /** Loads what is nested in a class, without initialising it. */
  private static void loadNested(Class<?> outer) {
    for (Class<?> nested : outer.getDeclaredClasses()) {
      loadNested(nested);
    }
  }

  /** Runs something that nobody waits for, and that need not come to its end. */
  static void inBackground(Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (RuntimeException | LinkageError e) {
                LOG.debug("Something that was done ahead failed: who needs it will be told", e);
              }
            },
            "lintel-background");
    thread.setDaemon(true);
    thread.start();
  }
}
