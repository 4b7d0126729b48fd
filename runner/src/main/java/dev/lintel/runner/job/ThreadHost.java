package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.claim.ThisMachine;
import dev.lintel.runner.checkpoint.storage.JobStorage;
import dev.lintel.runner.checkpoint.storage.StorageSettings;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.clock.Pause;
import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.LocalChannel;
import dev.lintel.runner.exchange.Waker;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskLoop;
import dev.lintel.runner.task.TaskThread;
import java.io.IOException;
import java.util.UUID;
import java.util.function.Consumer;

/** A process as it is: a thread for a job's coordinator and for each task, the machine's clock. */
final class ThreadHost implements JobHost {
  private final Clock clock = Clock.system();

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public String uniqueId() {
    return UUID.randomUUID().toString();
  }

  @Override
  public TaskLoop loop(Consumer<TaskEvent> coordinator) {
    return new TaskThread(coordinator);
  }

  @Override
  public Channel channel(Waker producer, Waker consumer) {
    return new LocalChannel(producer, consumer);
  }

  @Override
  public Turns start(Job job) {
    ShutdownCancel shutdown = new ShutdownCancel(job);
    shutdown.arm(job.stopMillis());
    try {
      // Not a daemon: it keeps the JVM alive as long as the job runs.
      Thread thread = new Thread(() -> run(job, shutdown), "lintel-" + job.name() + "-coordinator");
      thread.start();
      return thread::join;
    } catch (RuntimeException | Error e) {
      shutdown.disarm();
      throw e;
    }
  }

  private static void run(Job job, ShutdownCancel shutdown) {
    try {
      boolean goesOn = true;
      while (goesOn) {
        goesOn = job.cycle(job.waitMillis());
      }
    } finally {
      shutdown.disarm();
    }
  }

  @Override
  public Contest.Rules rules(long leaseMillis) {
    return new Contest.Rules(leaseMillis, clock, Pause.parking(), new ThisMachine());
  }

  @Override
  public JobStorage open(StorageSettings settings) throws IOException, InterruptedException {
    return JobStorage.open(settings);
  }
}
