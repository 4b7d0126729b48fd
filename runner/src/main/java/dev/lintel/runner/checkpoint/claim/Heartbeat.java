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
public final class Heartbeat implements LeaseKeeper.Kept {
  private final Lease lease;
  private final Consumer<FencedException> onFenced;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread;

  /** As {@link LeaseKeeper#keep}, by a thread that is started here. */
  public static Heartbeat keep(Lease lease, Consumer<FencedException> onFenced) {
    Heartbeat heartbeat = new Heartbeat(lease, onFenced);
    heartbeat.thread.start();
    return heartbeat;
  }

  /**
   * @param onFenced is told, by this thread, when another run has taken over
   */
  private Heartbeat(Lease lease, Consumer<FencedException> onFenced) {
    this.lease = lease;
    this.onFenced = onFenced;
    thread = new Thread(this::run, "lintel-heartbeat");
    thread.setDaemon(true);
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
