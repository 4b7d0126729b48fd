package dev.lintel.benchmarks.jmh;

import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.exchange.LocalChannel;
import dev.lintel.runner.exchange.Outbox;
import dev.lintel.translation.plan.Partitioning;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The hand-over of an element from one thread to another: emitted into an outbox, carried in a
 * batch, and taken out by the other thread, which touches it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChannelBenchmark {
  private static final int ELEMENTS = 1_000_000;

  private final Channel channel = new LocalChannel(() -> {}, () -> {});
  private final Outbox outbox =
      new Outbox(Partitioning.FORWARD, new Channel[] {channel}, null, 128, 0, Thread::onSpinWait);
  private final WindowedValue<Long> element = WindowedValues.valueInGlobalWindow(1L);
  private Thread consumer = new Thread(this::consume);

  /** Written by the consumer, read by the producer. */
  private volatile long taken;

  /** Written by the consumer, so that what it does has an effect. */
  long sum;

  private volatile boolean over;

  @Setup(Level.Iteration)
  public void start() {
    over = false;
    taken = 0;
    consumer = new Thread(this::consume);
    consumer.start();
  }

  @TearDown(Level.Iteration)
  public void stop() throws InterruptedException {
    over = true;
    consumer.join();
  }

  private void consume() {
    long count = 0;
    while (!over) {
      if (channel.poll() instanceof Frame.Elements elements) {
        for (int i = 0; i < elements.size(); i++) {
          sum += (Long) elements.value(i).getValue();
        }
        count += elements.size();
        taken = count;
      } else {
        Thread.onSpinWait();
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public long handOver() {
    long end = taken + ELEMENTS;
    for (int i = 0; i < ELEMENTS; i++) {
      outbox.emit(element);
    }
    outbox.flush();
    while (taken < end) {
      outbox.drain();
      Thread.onSpinWait();
    }
    return sum;
  }
}
