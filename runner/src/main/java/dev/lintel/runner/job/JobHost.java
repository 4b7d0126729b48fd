package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Waker;
import dev.lintel.runner.job.checkpoint.StorageHost;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskLoop;
import java.util.function.Consumer;

/**
 * What a job takes from the process that it is in: time, turns for its coordinator and its tasks,
 * channels between these, and hold of its storage. In production {@link ThreadHost}; a simulation
 * has all of this happen on one thread, in an order that a seed decides.
 */
public interface JobHost extends StorageHost {
  Clock clock();

  /** A text that nothing else ever gets. */
  String uniqueId();

  /** Will give a task its turns. */
  TaskLoop loop(Consumer<TaskEvent> coordinator);

  /** Connects two tasks. */
  Channel channel(Waker producer, Waker consumer);

  /**
   * Gives a job's coordinator its turns from now on, or none: calls {@link Job#cycle} until it is
   * over.
   */
  Turns start(Job job);

  /** A coordinator's turns. */
  @FunctionalInterface
  interface Turns {
    /** The job has ended: waits until nothing more of it happens. */
    void join() throws InterruptedException;
  }
}
