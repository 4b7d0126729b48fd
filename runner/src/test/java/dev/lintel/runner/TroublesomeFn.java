package dev.lintel.runner;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;

/** Keeps state, sets timers, and gets into one kind of trouble; counts its setups and teardowns. */
final class TroublesomeFn extends DoFn<KV<String, Long>, KV<String, Long>> {
  static final String MESSAGE = "the trouble that was asked for";
  static final AtomicInteger SETUPS = new AtomicInteger();
  static final AtomicInteger TEARDOWNS = new AtomicInteger();

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  /** Counted down by the first element of a pipeline that is to be cancelled. */
  private static volatile CountDownLatch element = new CountDownLatch(1);

  /** Where a pipeline fails, or how else it ends. */
  enum Trouble {
    NONE(State.DONE),
    SETUP(State.FAILED),
    START_BUNDLE(State.FAILED),
    PROCESS(State.FAILED),
    TIMER(State.FAILED),
    FINISH_BUNDLE(State.FAILED),
    TEARDOWN(State.FAILED),
    SPLIT(State.FAILED),
    CREATE_READER(State.FAILED),
    READER(State.FAILED),
    CLOSE_READER(State.FAILED),
    KEY_CODER(State.FAILED),
    /** Cancelled while elements flow. */
    ENDLESS(State.CANCELLED),
    /** Cancelled while user code waits. */
    BLOCKED(State.CANCELLED);

    private final State end;

    Trouble(State end) {
      this.end = end;
    }

    State end() {
      return end;
    }

    void at(Trouble here) {
      if (this == here) {
        throw new IllegalStateException(MESSAGE);
      }
    }
  }

  @StateId("seen")
  private final StateSpec<BagState<Long>> seenSpec = StateSpecs.bag();

  @TimerId("windowEnd")
  private final TimerSpec windowEndSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  private final Trouble trouble;

  TroublesomeFn(Trouble trouble) {
    this.trouble = trouble;
  }

  /** Waits for the next pipeline's first element. */
  static void awaitElement() {
    try {
      if (!element.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("Expected an element within a minute");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    element = new CountDownLatch(1);
  }

  @Setup
  public void setUp() {
    SETUPS.incrementAndGet();
    trouble.at(Trouble.SETUP);
  }

  @StartBundle
  public void startBundle() {
    trouble.at(Trouble.START_BUNDLE);
  }

  @ProcessElement
  public void process(
      @Element KV<String, Long> input,
      BoundedWindow window,
      @StateId("seen") BagState<Long> seen,
      @TimerId("windowEnd") Timer windowEnd,
      OutputReceiver<KV<String, Long>> output)
      throws InterruptedException {
    trouble.at(Trouble.PROCESS);
    seen.add(input.getValue());
    windowEnd.set(window.maxTimestamp());
    output.output(input);
    if (trouble.end() == State.CANCELLED) {
      element.countDown();
    }
    if (trouble == Trouble.BLOCKED) {
      NEVER.await();
    }
  }

  @OnTimer("windowEnd")
  public void onWindowEnd(@StateId("seen") BagState<Long> seen) {
    trouble.at(Trouble.TIMER);
    for (Long each : seen.read()) {
      if (each < 0) {
        throw new IllegalStateException("Expected no negative number in state, but found " + each);
      }
    }
  }

  @FinishBundle
  public void finishBundle() {
    trouble.at(Trouble.FINISH_BUNDLE);
  }

  @Teardown
  public void tearDown() {
    TEARDOWNS.incrementAndGet();
    trouble.at(Trouble.TEARDOWN);
  }
}
