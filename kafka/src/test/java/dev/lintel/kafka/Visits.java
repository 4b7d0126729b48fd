package dev.lintel.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Visits of users, and a pipeline that has everything that is hard to move: keyed state, event-time
 * timers, session windows and a side input. What comes out of it depends on the records alone, as
 * none is late; it is computed here a second time, in the simplest way.
 */
final class Visits {
  private static final int USERS = 30;
  private static final long STEP_MILLIS = 10;
  private static final long JITTER_MILLIS = 50;
  private static final long DELAY_MILLIS = 100;
  private static final long GAP_MILLIS = 400;
  private static final long BUCKET_MILLIS = 1_000;
  private static final KvCoder<String, String> TEXTS =
      KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());

  private final List<Visit> visits;
  private final int partitions;

  private record Visit(int user, long timeMillis, int number) {
    String key() {
      return "u" + user;
    }
  }

  private Visits(List<Visit> visits, int partitions) {
    this.visits = visits;
    this.partitions = partitions;
  }

  /** Out of order, but by less than the sources wait for. */
  static Visits random(SplittableRandom random, int count, int partitions) {
    List<Visit> visits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long timeMillis = i * STEP_MILLIS + random.nextLong(JITTER_MILLIS);
      visits.add(new Visit(random.nextInt(USERS), timeMillis, i));
    }
    return new Visits(visits, partitions);
  }

  /** A user's are all in one partition. */
  List<Topic.Record> records() {
    return visits.stream()
        .map(
            each ->
                new Topic.Record(
                    each.user % partitions, each.timeMillis, each.key(), "" + each.number))
        .toList();
  }

  // ---- what has to come out ----

  /** Sorted. */
  List<String> expected() {
    List<String> expected = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Map<Long, Long>> buckets = new TreeMap<>();
    Map<String, List<Long>> times = new TreeMap<>();
    for (Visit each : visits) {
      expected.add(count(each.key(), counts.merge(each.key(), 1, Integer::sum), each.number));
      buckets
          .computeIfAbsent(each.key(), any -> new TreeMap<>())
          .merge(each.timeMillis / BUCKET_MILLIS, weight(each.key()), Long::sum);
      times.computeIfAbsent(each.key(), any -> new ArrayList<>()).add(each.timeMillis);
    }
    buckets.forEach(
        (key, sums) -> sums.forEach((bucket, sum) -> expected.add(bucket(key, bucket, sum))));
    times.forEach((key, all) -> addSessions(key, all.stream().sorted().toList(), expected));
    expected.sort(null);
    return expected;
  }

  private static void addSessions(String key, List<Long> times, List<String> sessions) {
    int first = 0;
    for (int i = 1; i <= times.size(); i++) {
      if (i == times.size() || times.get(i) - times.get(i - 1) >= GAP_MILLIS) {
        long sum = (i - first) * weight(key);
        sessions.add(session(key, times.get(first), times.get(i - 1) + GAP_MILLIS, sum));
        first = i;
      }
    }
  }

  private static String count(String key, int count, int number) {
    return "count " + key + " " + count + " " + number;
  }

  /** Whether it is the line that comes out for each record. */
  static boolean isCount(String line) {
    return line.startsWith("count ");
  }

  private static String bucket(String key, long bucket, long sum) {
    return "bucket " + key + " " + bucket + " " + sum;
  }

  private static String session(String key, long fromMillis, long toMillis, long sum) {
    return "session " + key + " " + fromMillis + " " + toMillis + " " + sum;
  }

  private static long weight(String key) {
    return key.length() * 10L + key.charAt(1) - '0';
  }

  // ---- the pipeline ----

  static void build(
      Pipeline pipeline, KafkaIO.Read<String, String> read, KafkaIO.Write<String, String> write) {
    List<KV<String, Long>> weights = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      weights.add(KV.of("u" + user, weight("u" + user)));
    }
    PCollectionView<Map<String, Long>> weightOf =
        pipeline.apply("Weights", Create.of(weights)).apply("WeightOf", View.asMap());
    PCollection<KV<String, KV<Integer, Long>>> visits =
        pipeline
            .apply(
                "Read",
                read.withTimestampPolicyFactory((partition, before) -> new RecordTimes(before))
                    .withoutMetadata())
            .apply("Weigh", ParDo.of(new Weigh(weightOf)).withSideInputs(weightOf))
            .setCoder(
                KvCoder.of(StringUtf8Coder.of(), KvCoder.of(VarIntCoder.of(), VarLongCoder.of())));
    PCollection<KV<String, String>> counts =
        visits.apply("Count", ParDo.of(new CountAndGather())).setCoder(TEXTS);
    PCollection<KV<String, String>> sessions =
        visits
            .apply("Weight", ParDo.of(new WeightOnly()))
            .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.millis(GAP_MILLIS))))
            .apply("Sum", Sum.longsPerKey())
            .apply("Describe", ParDo.of(new DescribeSession()))
            .setCoder(TEXTS)
            .apply("Global", Window.into(new GlobalWindows()));
    PCollectionList.of(counts)
        .and(sessions)
        .apply("Both", Flatten.pCollections())
        .apply("Write", write);
  }

  /** The times that the records have; a partition waits for what is a little out of order. */
  private static final class RecordTimes extends TimestampPolicy<String, String> {
    private Instant watermark;

    RecordTimes(Optional<Instant> before) {
      watermark = before.orElse(new Instant(-DELAY_MILLIS));
    }

    @Override
    public Instant getTimestampForRecord(
        PartitionContext context, KafkaRecord<String, String> record) {
      Instant time = new Instant(record.getTimestamp());
      Instant reached = time.minus(Duration.millis(DELAY_MILLIS));
      watermark = reached.isAfter(watermark) ? reached : watermark;
      return time;
    }

    @Override
    public Instant getWatermark(PartitionContext context) {
      return watermark;
    }
  }

  private static final class Weigh extends DoFn<KV<String, String>, KV<String, KV<Integer, Long>>> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<String, Long>> weightOf;

    Weigh(PCollectionView<Map<String, Long>> weightOf) {
      this.weightOf = weightOf;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      String key = context.element().getKey();
      context.output(
          KV.of(
              key,
              KV.of(
                  Integer.valueOf(context.element().getValue()),
                  context.sideInput(weightOf).get(key))));
    }
  }

  /** Counts at once, and sums up by time when nothing of that time can come any more. */
  private static final class CountAndGather
      extends DoFn<KV<String, KV<Integer, Long>>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @StateId("sums")
    private final StateSpec<MapState<Long, Long>> sumsSpec =
        StateSpecs.map(VarLongCoder.of(), VarLongCoder.of());

    @SuppressWarnings("UnusedVariable") // Beam reads it.
    @TimerFamily("ends")
    private final TimerSpec ends = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, KV<Integer, Long>> visit,
        @Timestamp Instant time,
        @StateId("count") ValueState<Integer> count,
        @StateId("sums") MapState<Long, Long> sums,
        @TimerFamily("ends") TimerMap timers,
        OutputReceiver<KV<String, String>> output) {
      Integer before = count.read();
      int now = before == null ? 1 : before + 1;
      count.write(now);
      String key = visit.getKey();
      output.output(KV.of(key, count(key, now, visit.getValue().getKey())));
      long bucket = time.getMillis() / BUCKET_MILLIS;
      Long sum = sums.get(bucket).read();
      sums.put(bucket, (sum == null ? 0L : sum) + visit.getValue().getValue());
      timers.set("" + bucket, new Instant((bucket + 1) * BUCKET_MILLIS - 1));
    }

    @OnTimerFamily("ends")
    public void end(
        @TimerId String timer,
        @Key String key,
        @StateId("sums") MapState<Long, Long> sums,
        OutputReceiver<KV<String, String>> output) {
      long bucket = Long.parseLong(timer);
      Long sum = sums.get(bucket).read();
      sums.remove(bucket);
      output.output(KV.of(key, bucket(key, bucket, sum == null ? 0L : sum)));
    }
  }

  private static final class WeightOnly
      extends DoFn<KV<String, KV<Integer, Long>>, KV<String, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, KV<Integer, Long>> visit, OutputReceiver<KV<String, Long>> output) {
      output.output(KV.of(visit.getKey(), visit.getValue().getValue()));
    }
  }

  private static final class DescribeSession extends DoFn<KV<String, Long>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, Long> sum,
        IntervalWindow window,
        OutputReceiver<KV<String, String>> output) {
      String key = sum.getKey();
      output.output(
          KV.of(
              key,
              session(key, window.start().getMillis(), window.end().getMillis(), sum.getValue())));
    }
  }
}
