package dev.lintel.runner;

import dev.lintel.state.RocksDbStateBackend;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
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

  /** Only the first call in a process has anything done. */
  static void begin(boolean withRocksDb) {
    if (BEGUN.compareAndSet(false, true)) {
      inBackground(
          () -> {
            if (withRocksDb) {
              RocksDbStateBackend.loadLibrary();
            }
            // The first invoker takes the generator of classes along.
            DoFnInvokers.invokerFor(new Nothing());
          });
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
