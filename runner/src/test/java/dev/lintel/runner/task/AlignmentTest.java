package dev.lintel.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.Partitioning;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentTest {
  private static final class QueueChannel implements Channel {
    final ArrayDeque<Frame> frames = new ArrayDeque<>();

    @Override
    public boolean offer(Frame frame) {
      return frames.add(frame);
    }

    @Override
    public void wakeConsumer() {}

    @Override
    public @Nullable Frame poll() {
      return frames.poll();
    }
  }

  private static Inbox inbox(int id, Channel... channels) {
    Collection collection =
        new Collection(
            "c" + id, "c" + id, VarIntCoder.of(), WindowingStrategy.globalDefault(), false);
    return new Inbox(new Exchange(id, collection, 0, 1, 0, null, Partitioning.REBALANCE), channels);
  }

  private static Frame element(int value) {
    return Frame.Elements.of(List.of(WindowedValues.valueInGlobalWindow(value)), null);
  }

  private static Frame.Barrier barrier(long checkpoint) {
    return new Frame.Barrier(checkpoint, false, false);
  }

  /** The next element, if there is one within a few frames. */
  private static @Nullable Integer take(Inbox inbox) {
    for (int i = 0; i < 4; i++) {
      Frame.Elements elements = inbox.poll();
      if (elements != null) {
        return (Integer) elements.value(0).getValue();
      }
    }
    return null;
  }

  @Test
  void aChannelThatHasGivenItsBarrierWaitsForTheOthers() {
    QueueChannel a = new QueueChannel();
    QueueChannel b = new QueueChannel();
    Inbox inbox = inbox(0, a, b);
    Alignment alignment = new Alignment(List.of(inbox), true);
    a.offer(barrier(7));
    a.offer(element(1));

    assertThat(take(inbox)).isNull();
    assertThat(alignment.isComplete()).isFalse();

    b.offer(element(2));
    b.offer(barrier(7));
    assertThat(take(inbox)).isEqualTo(2);
    assertThat(take(inbox)).isNull();
    assertThat(alignment.isComplete()).isTrue();

    alignment.taken();
    assertThat(take(inbox)).isEqualTo(1);
    assertThat(alignment.current()).isNull();
  }

  @Test
  void whereEffectsMayBeThereTwiceNoChannelWaits() {
    QueueChannel a = new QueueChannel();
    QueueChannel b = new QueueChannel();
    Inbox inbox = inbox(0, a, b);
    Alignment alignment = new Alignment(List.of(inbox), false);
    a.offer(barrier(7));
    a.offer(element(1));

    assertThat(take(inbox)).isEqualTo(1);
    assertThat(alignment.isComplete()).isFalse();

    b.offer(barrier(7));
    assertThat(take(inbox)).isNull();
    assertThat(alignment.isComplete()).isTrue();
  }

  @Test
  void aChannelThatHasEndedGivesNoBarrier() {
    QueueChannel a = new QueueChannel();
    QueueChannel b = new QueueChannel();
    Inbox inbox = inbox(0, a, b);
    Alignment alignment = new Alignment(List.of(inbox), true);
    a.offer(Frame.EndOfInput.INSTANCE);
    assertThat(take(inbox)).isNull();
    alignment.begin(barrier(1));
    assertThat(alignment.isComplete()).isFalse();

    b.offer(Frame.EndOfInput.INSTANCE);
    assertThat(take(inbox)).isNull();

    assertThat(alignment.isComplete()).isTrue();
    alignment.taken();
    alignment.begin(barrier(2));
    assertThat(alignment.isComplete()).as("only the coordinator is left to tell").isTrue();
  }

  @Test
  void aLaterCheckpointTakesThePlaceOfOneThatWasGivenUp() {
    QueueChannel a = new QueueChannel();
    QueueChannel b = new QueueChannel();
    Inbox inbox = inbox(0, a, b);
    Alignment alignment = new Alignment(List.of(inbox), true);
    a.offer(barrier(7));
    a.offer(element(1));
    a.offer(barrier(8));
    assertThat(take(inbox)).isNull();

    alignment.giveUp(7);
    assertThat(take(inbox)).isEqualTo(1);
    b.offer(barrier(7));
    b.offer(element(2));
    b.offer(barrier(8));

    assertThat(take(inbox)).isEqualTo(2);
    assertThat(take(inbox)).isNull();
    assertThat(alignment.isComplete()).isTrue();
    assertThat(alignment.current()).isEqualTo(barrier(8));
  }

  /**
   * Producers send numbers with barriers between them, some end early; the consumer takes frames in
   * any order, and snapshots when the barriers are together or, now and then, before. What it had
   * taken at the snapshot, and what was recorded, is exactly what came before the barriers.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aSnapshotHasExactlyWhatCameBeforeTheBarriers(long seed) {
    for (int round = 0; round < 500; round++) {
      new Run(new SplittableRandom(seed * 1_000 + round)).run();
    }
  }

  /** One random run with several checkpoints. */
  private static final class Run {
    final SplittableRandom random;
    final List<QueueChannel> channels = new ArrayList<>();
    final List<Inbox> inboxes = new ArrayList<>();
    final Alignment alignment;
    final List<Integer> taken = new ArrayList<>();

    final List<Integer> sent = new ArrayList<>();
    int ended;

    Run(SplittableRandom random) {
      this.random = random;
      for (int i = 0; i < 1 + random.nextInt(2); i++) {
        Channel[] own = new Channel[1 + random.nextInt(3)];
        for (int j = 0; j < own.length; j++) {
          QueueChannel channel = new QueueChannel();
          channels.add(channel);
          own[j] = channel;
        }
        inboxes.add(inbox(i, own));
      }
      alignment = new Alignment(inboxes, true);
    }

    void run() {
      for (long checkpoint = 1; checkpoint <= 4; checkpoint++) {
        List<QueueChannel> left = new ArrayList<>(channels.subList(0, channels.size() - ended));
        boolean announced = random.nextBoolean();
        if (announced) {
          alignment.begin(barrier(checkpoint));
        }
        while (!left.isEmpty()) {
          QueueChannel channel = left.get(random.nextInt(left.size()));
          send(channel);
          take(random.nextInt(3));
          if (random.nextInt(4) == 0) {
            left.remove(channel);
            end(channel, checkpoint);
          }
        }
        if (!announced) {
          alignment.begin(barrier(checkpoint));
        }
        List<Integer> expected = new ArrayList<>(sent);
        channels.subList(0, channels.size() - ended).forEach(this::send);
        assertThat(snapshot(checkpoint)).containsExactlyInAnyOrderElementsOf(expected);
      }
      while (take(100) > 0) {
        // until nothing is left
      }
      assertThat(taken).containsExactlyInAnyOrderElementsOf(sent);
    }

    private void send(QueueChannel channel) {
      sent.add(sent.size());
      channel.offer(element(sent.size() - 1));
    }

    /** The last channel may end instead of giving its barrier. */
    private void end(QueueChannel channel, long checkpoint) {
      if (channel == channels.get(channels.size() - 1 - ended) && random.nextInt(6) == 0) {
        channel.offer(Frame.EndOfInput.INSTANCE);
        ended++;
      } else {
        channel.offer(barrier(checkpoint));
      }
    }

    private int take(int max) {
      int count = 0;
      for (int i = 0; i < max; i++) {
        Integer value = AlignmentTest.take(inboxes.get(random.nextInt(inboxes.size())));
        if (value != null) {
          taken.add(value);
          count++;
        }
      }
      return count;
    }

    private List<Integer> snapshot(long checkpoint) {
      boolean overtakes = random.nextBoolean();
      while (!alignment.isComplete() && !overtakes) {
        take(1);
        overtakes = random.nextInt(30) == 0;
      }
      List<Integer> snapshot = new ArrayList<>(taken);
      if (!alignment.isComplete()) {
        inboxes.forEach(each -> each.beginRecording(frame -> record(frame, snapshot)));
        boolean complete = false;
        while (!complete) {
          take(random.nextInt(3));
          complete = true;
          for (Inbox each : inboxes) {
            complete &= each.record(barrier(checkpoint), frame -> record(frame, snapshot));
          }
        }
      }
      alignment.taken();
      return snapshot;
    }

    private static void record(Frame.Elements frame, List<Integer> snapshot) {
      for (int i = 0; i < frame.size(); i++) {
        WindowedValue<?> value = frame.value(i);
        snapshot.add((Integer) value.getValue());
      }
    }
  }
}
