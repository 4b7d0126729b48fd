package dev.lintel.runner.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroups;
import dev.lintel.translation.plan.Partitioning;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final int MAX_PARALLELISM = 128;

  /** A channel of a given size, as slow as the test wants. */
  private static final class QueueChannel implements Channel {
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private int capacity;

    QueueChannel(int capacity) {
      this.capacity = capacity;
    }

    @Override
    public boolean offer(Frame frame) {
      return frames.size() < capacity && frames.add(frame);
    }

    @Override
    public void wakeConsumer() {}

    @Override
    public @Nullable Frame poll() {
      return frames.poll();
    }

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      for (Frame frame : frames) {
        if (frame instanceof Frame.Elements elements) {
          for (int i = 0; i < elements.size(); i++) {
            values.add(elements.value(i).getValue());
          }
        } else {
          values.add(frame);
        }
      }
      return values;
    }
  }

  private static WindowedValue<?> element(Object value) {
    return WindowedValues.valueInGlobalWindow(value);
  }

  private static Outbox outbox(Partitioning partitioning, Channel... channels) {
    return new Outbox(
        partitioning,
        channels,
        new KeyEncoder(BigEndianLongCoder.of(), "numbers"),
        MAX_PARALLELISM,
        0,
        () -> {
          throw new IllegalStateException("waited");
        });
  }

  @Test
  void byKeyGoesToTheSlotThatOwnsTheKeyGroup() {
    QueueChannel[] channels = {new QueueChannel(100), new QueueChannel(100), new QueueChannel(100)};
    Outbox outbox = outbox(Partitioning.BY_KEY, channels);
    for (long i = 0; i < 1_000; i++) {
      outbox.emit(element(KV.of(i, "v")));
    }
    outbox.flush();
    int total = 0;
    for (int slot = 0; slot < 3; slot++) {
      for (Frame frame : channels[slot].frames) {
        Frame.Elements elements = (Frame.Elements) frame;
        for (int i = 0; i < elements.size(); i++) {
          EncodedKey key = elements.key(i);
          assertThat(key).isNotNull();
          assertThat(
                  KeyGroups.rangeOf(slot, MAX_PARALLELISM, 3)
                      .contains(KeyGroups.groupOf(key, MAX_PARALLELISM)))
              .isTrue();
          total++;
        }
      }
    }
    assertThat(total).isEqualTo(1_000);
  }

  @Test
  void toOneGoesToASingleSlotWithTheEmptyKey() {
    QueueChannel[] channels = {new QueueChannel(10), new QueueChannel(10)};
    Outbox outbox = outbox(Partitioning.TO_ONE, channels);
    outbox.emit(element("a"));
    outbox.emit(element("b"));
    outbox.flush();
    List<Object> all = new ArrayList<>(channels[0].values());
    all.addAll(channels[1].values());
    assertThat(all).containsExactly("a", "b");
    assertThat(channels[0].frames.isEmpty()).isNotEqualTo(channels[1].frames.isEmpty());
  }

  @Test
  void rebalanceTakesTurnsAndBroadcastReachesAll() {
    QueueChannel[] channels = {new QueueChannel(10), new QueueChannel(10)};
    Outbox rebalance = outbox(Partitioning.REBALANCE, channels);
    rebalance.emit(element("a"));
    rebalance.emit(element("b"));
    rebalance.flush();
    Outbox broadcast = outbox(Partitioning.BROADCAST, channels);
    broadcast.emit(element("c"));
    broadcast.flush();
    assertThat(channels[0].values()).containsExactly("a", "c");
    assertThat(channels[1].values()).containsExactly("b", "c");
  }

  @Test
  void aWatermarkStaysBehindTheElementsBeforeIt() {
    QueueChannel channel = new QueueChannel(10);
    Outbox outbox = outbox(Partitioning.FORWARD, channel);
    outbox.emit(element("a"));
    outbox.broadcast(new Frame.Watermark(5));
    outbox.emit(element("b"));
    outbox.flush();
    assertThat(channel.values()).containsExactly("a", new Frame.Watermark(5), "b");
  }

  @Test
  void whatAFullChannelRefusesIsKeptInOrder() {
    QueueChannel channel = new QueueChannel(1);
    Outbox outbox = outbox(Partitioning.FORWARD, channel);
    outbox.broadcast(new Frame.Watermark(1));
    outbox.broadcast(new Frame.Watermark(2));
    outbox.broadcast(new Frame.Watermark(3));
    assertThat(outbox.isBlocked()).isTrue();
    List<Frame> received = new ArrayList<>();
    while (outbox.isBlocked()) {
      received.add(channel.poll());
      outbox.drain();
    }
    received.add(channel.poll());
    assertThat(received)
        .containsExactly(new Frame.Watermark(1), new Frame.Watermark(2), new Frame.Watermark(3));
  }

  @Test
  void oneElementThatMakesEndlessOutputWaitsForTheConsumer() {
    QueueChannel channel = new QueueChannel(1);
    int[] waits = {0};
    Outbox outbox =
        new Outbox(
            Partitioning.FORWARD,
            new Channel[] {channel},
            null,
            MAX_PARALLELISM,
            0,
            () -> {
              waits[0]++;
              channel.poll();
            });
    for (int i = 0; i < 1_000_000; i++) {
      outbox.emit(element(i));
    }
    assertThat(waits[0]).isGreaterThan(1_000);
  }

  @Test
  void aKeyThatItsCoderCannotEncodeNamesTheCollection() {
    Outbox outbox = outbox(Partitioning.BY_KEY, new QueueChannel(1));
    assertThatThrownBy(() -> outbox.emit(element(KV.of("no number", 1))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("numbers")
        .hasMessageContaining("no number");
  }

  @Test
  void aKeyEncodesAsItsCoderSays() {
    assertThat(new KeyEncoder(StringUtf8Coder.of(), "words").encode("ab").bytes())
        .containsExactly(2, 'a', 'b');
  }
}
