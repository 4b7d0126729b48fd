package dev.lintel.runner;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Reacts to no interrupt, or only to some, until the test lets it go; then uses its state. */
final class StuckFn extends DoFn<KV<String, Long>, Long> {
  /** What the test and the functions of one pipeline share. */
  static final class Gate {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    volatile long readAfterwards = -1;
    volatile Thread stuck = Thread.currentThread();
  }

  static volatile Gate gate = new Gate();

  /** Where it is stuck, and what gets it out. */
  enum Kind {
    PROCESS,
    TEARDOWN,
    /** Comes back at the third interrupt. */
    STUBBORN
  }

  @StateId("sum")
  private final StateSpec<ValueState<Long>> sumSpec = StateSpecs.value();

  private final Kind kind;

  StuckFn(Kind kind) {
    this.kind = kind;
  }

  @ProcessElement
  public void process(@Element KV<String, Long> input, @StateId("sum") ValueState<Long> sum) {
    sum.write(input.getValue());
    gate.stuck = Thread.currentThread();
    switch (kind) {
      case PROCESS -> {
        stayUninterruptibly(Integer.MAX_VALUE);
        sum.write(sum.read() + 1);
        gate.readAfterwards = sum.read();
      }
      case STUBBORN -> stayUninterruptibly(3);
      case TEARDOWN -> gate.reached.countDown();
    }
  }

  @Teardown
  public void tearDown() {
    if (kind == Kind.TEARDOWN) {
      gate.stuck = Thread.currentThread();
      stayUninterruptibly(Integer.MAX_VALUE);
    }
  }

  private static void stayUninterruptibly(int interruptsMax) {
    int interrupts = 0;
    gate.reached.countDown();
    while (interrupts < interruptsMax) {
      try {
        if (gate.released.await(1, TimeUnit.MINUTES)) {
          return;
        }
      } catch (InterruptedException e) {
        interrupts++;
      }
    }
  }
}
