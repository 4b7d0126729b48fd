package dev.lintel.faults.pipeline;

import dev.lintel.faults.input.Text;
import dev.lintel.faults.pipeline.Result.Events;
import dev.lintel.faults.process.Halts;
import dev.lintel.faults.process.Place;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the events of each key, and tells by timers how many there were in each bucket of event
 * time. All events of a bucket have come when its timer fires, as none is late: so the result does
 * not depend on when that is.
 */
final class SequencePerKey extends DoFn<KV<String, String>, KV<String, String>> {
  private static final long serialVersionUID = 1L;

  private static final Duration HOUR = Duration.standardHours(1);
  private static final AtomicBoolean SAID_FIRST = new AtomicBoolean();

  @StateId("count")
  private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(new HaltingCoder());

  @StateId("buckets")
  private final StateSpec<MapState<Long, KV<Long, Long>>> bucketsSpec =
      StateSpecs.map(VarLongCoder.of(), KvCoder.of(VarLongCoder.of(), VarLongCoder.of()));

  @StateId("ballast")
  private final StateSpec<ValueState<byte[]>> ballastSpec = StateSpecs.value(ByteArrayCoder.of());

  // Beam reads it.
  @SuppressWarnings("UnusedVariable")
  @TimerFamily("ends")
  private final TimerSpec endsSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

  @ProcessElement
  public void process(
      @Element KV<String, String> input,
      @Timestamp Instant time,
      @StateId("count") ValueState<Long> count,
      @StateId("buckets") MapState<Long, KV<Long, Long>> buckets,
      @StateId("ballast") ValueState<byte[]> ballast,
      @TimerFamily("ends") TimerMap ends,
      BundleFinalizer finalizer,
      OutputReceiver<KV<String, String>> results) {
    String text = input.getValue();
    if (Text.isBallast(text)) {
      ballast.write(incompressible(input.getKey(), Text.bytes(text)));
    } else if (Text.isEvent(text)) {
      Halts.at(Place.INSIDE_BUNDLE);
      sayFirst(text);
      finalizer.afterBundleCommit(Instant.now().plus(HOUR), () -> Halts.at(Place.FINALIZING));
      long id = Text.id(text);
      long number = orZero(count.read()) + 1;
      count.write(number);
      results.output(Result.sequence(input.getKey(), number, id));
      long bucket = Result.bucketOf(time.getMillis());
      Events events = events(buckets.get(bucket).read()).with(id);
      buckets.put(bucket, KV.of(events.count(), events.mixed()));
      ends.set(String.valueOf(bucket), new Instant(Result.bucketEndMillis(bucket)));
    }
  }

  @OnTimerFamily("ends")
  public void bucketEnds(
      @Key String key,
      @TimerId String timer,
      @StateId("buckets") MapState<Long, KV<Long, Long>> buckets,
      OutputReceiver<KV<String, String>> results) {
    long bucket = Long.parseLong(timer);
    results.output(Result.bucket(key, bucket, events(buckets.get(bucket).read())));
    buckets.remove(bucket);
  }

  private static Events events(@Nullable KV<Long, Long> stored) {
    return stored == null ? Events.NONE : new Events(stored.getKey(), stored.getValue());
  }

  private static long orZero(@Nullable Long value) {
    return value == null ? 0 : value;
  }

  /** An element that was sent after the process has started is new to every run. */
  private static void sayFirst(String event) {
    if (!SAID_FIRST.get()
        && Text.sentMillis(event) > ManagementFactory.getRuntimeMXBean().getStartTime()
        && SAID_FIRST.compareAndSet(false, true)) {
      Halts.tellFirst();
    }
  }

  private static byte[] incompressible(String key, int bytes) {
    byte[] made = new byte[bytes];
    new SplittableRandom(key.hashCode()).nextBytes(made);
    return made;
  }
}
