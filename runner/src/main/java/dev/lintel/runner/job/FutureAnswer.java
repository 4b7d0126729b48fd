package dev.lintel.runner.job;

import dev.lintel.runner.job.checkpoint.CheckpointRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/** Tells another thread what has become of a checkpoint that it asked for. */
final class FutureAnswer implements CheckpointRequest.Answer {
  private final CompletableFuture<Long> future = new CompletableFuture<>();
  private final String what;
  private final String job;
  private final LongConsumer onCompleted;

  /**
   * @param what was asked for, for errors
   * @param onCompleted called by the coordinator's thread before anybody else is told
   */
  FutureAnswer(String what, String job, LongConsumer onCompleted) {
    this.what = what;
    this.job = job;
    this.onCompleted = onCompleted;
  }

  @Override
  public void completed(long number) {
    onCompleted.accept(number);
    future.complete(number);
  }

  @Override
  public void failed(Throwable cause) {
    Throwable reason = cause;
    while (reason instanceof CompletionException && reason.getCause() != null) {
      reason = reason.getCause();
    }
    future.completeExceptionally(new SavepointException(what, job, reason));
  }

  /** The number of the checkpoint, or a {@link SavepointException}. */
  CompletableFuture<Long> future() {
    return future;
  }
}
