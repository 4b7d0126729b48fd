package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.checkpoint.storage.UndecidedException;
import dev.lintel.runner.fault.Faults;
import dev.lintel.runner.fault.Faults.Point;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A store that fails when a test wants it to. */
public final class FaultyStore implements CheckpointStore {
  private final CheckpointStore store;
  private final Faults.Trigger trigger;

  public FaultyStore(CheckpointStore store, Faults.Trigger trigger) {
    this.store = store;
    this.trigger = trigger;
  }

  @Override
  public long begin(@Nullable String savepointPath) {
    return store.begin(savepointPath);
  }

  @Override
  public CompletableFuture<StoredTask> store(TaskSnapshot snapshot) {
    try {
      trigger.reached(Point.STORE);
    } catch (RuntimeException e) {
      snapshot.close();
      return CompletableFuture.failedFuture(e);
    }
    return store.store(snapshot);
  }

  @Override
  public CompletableFuture<Void> complete(Content content) {
    try {
      trigger.reached(Point.DECIDE);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    return store.complete(content).thenRun(this::decided);
  }

  private void decided() {
    try {
      trigger.reached(Point.DECIDED);
    } catch (RuntimeException e) {
      throw new CompletionException(new UndecidedException("the checkpoint", new IOException(e)));
    }
  }

  @Override
  public long storedBytes() {
    return store.storedBytes();
  }

  @Override
  public void giveUp() {
    store.giveUp();
  }

  @Override
  public @Nullable CheckpointSource latest() {
    return store.latest();
  }

  @Override
  public void reopen() {
    store.reopen();
  }

  @Override
  public void close() {
    store.close();
  }
}
