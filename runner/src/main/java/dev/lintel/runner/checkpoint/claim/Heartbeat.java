package dev.lintel.runner.checkpoint.claim;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The thread that keeps a {@link Lease}.
 *
 * <p><i>Failure:</i> a heartbeat that can't be written is tried again at the next: the job needn't
 * end for it. If it stays so, another run may take over, which this one finds out as it would after
 * having been stopped: at its next heartbeat or commit.
 */
public final class Heartbeat implements AutoCloseable {
  private final Lease lease;
  private final Consumer<FencedException> onFenced;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread;

  /**
   * @param onFenced is told, by this thread, when another run has taken over
   */
  public Heartbeat(Lease lease, Consumer<FencedException> onFenced) {
    this.lease = lease;
    this.onFenced = onFenced;
    thread = new Thread(this::run, "lintel-heartbeat");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!end.await(lease.beatMillis(), TimeUnit.MILLISECONDS)) {
        try {
          lease.beat();
        } catch (FencedException e) {
          onFenced.accept(e);
          return;
        } catch (IOException e) {
          // Said above: the next beat tries again, and lateness has its own consequences.
          continue;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread, then gives the lease back. */
  @Override
  public void close() throws IOException, InterruptedException {
    end.countDown();
    thread.join();
    lease.close();
  }
}
