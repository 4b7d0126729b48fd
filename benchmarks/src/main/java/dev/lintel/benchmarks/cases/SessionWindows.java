package dev.lintel.benchmarks.cases;

import dev.lintel.benchmarks.source.Chance;
import dev.lintel.benchmarks.source.IndexedEvents;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Case (h): how many clicks each visit of a user has. */
final class SessionWindows implements BenchmarkCase {
  private static final int CLICKS_PER_MILLI = 100;

  private final IndexedEvents.Mode mode;

  SessionWindows(IndexedEvents.Mode mode) {
    this.mode = mode;
  }

  @Override
  public String name() {
    return unbounded() ? "sessions-streaming" : "sessions";
  }

  @Override
  public String title() {
    return "Count per session" + (unbounded() ? ", unbounded source" : "");
  }

  @Override
  public List<Work> works() {
    return List.of(Work.cyclic(5_000_000, 100_000), Work.zipf(5_000_000, 100_000));
  }

  @Override
  public boolean unbounded() {
    return mode == IndexedEvents.Mode.UNBOUNDED;
  }

  @Override
  public void prepare(Work work) {
    Keys.of(work).warm();
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    Clicks.of(work)
        .read(pipeline, work.elements(), mode)
        .apply("Window", Window.into(Sessions.withGapDuration(Duration.millis(gapMillis(work)))))
        .apply("Count", Count.perElement())
        .apply("Sum", ParDo.of(new SessionSumFn()));
  }

  /** Users click every {@code keys / 1000} milliseconds on average while they are here. */
  private static long gapMillis(Work work) {
    return Math.max(2, work.keys() / CLICKS_PER_MILLI);
  }

  /** Clicks come in the order of time, so that a session ends when the next click is too late. */
  @Override
  public int check(Work work) {
    Clicks clicks = Clicks.of(work);
    long gap = gapMillis(work);
    long[] last = new long[Math.toIntExact(work.keys())];
    long[] counts = new long[last.length];
    Arrays.fill(last, -gap);
    long sessions = 0;
    long digest = 0;
    for (long index = 0; index < work.elements(); index++) {
      int user = (int) clicks.userOf(index);
      long millis = clicks.millisAt(index);
      if (counts[user] > 0 && millis - last[user] >= gap) {
        sessions++;
        digest += Chance.mix(user, counts[user], last[user] + gap - 1);
        counts[user] = 0;
      }
      last[user] = millis;
      counts[user]++;
    }
    for (int user = 0; user < last.length; user++) {
      if (counts[user] > 0) {
        sessions++;
        digest += Chance.mix(user, counts[user], last[user] + gap - 1);
      }
    }
    return Tally.expect("sessions", sessions) + Tally.expect("digest", digest);
  }

  /**
   * Who clicks. With cyclic keys a tenth of the users is here at a time, each clicks eight times,
   * in turn, and then the next tenth comes; otherwise everybody may click at any time.
   *
   * @param present how many users are here at a time; 0 for all
   */
  private record Clicks(Keys keys, long users, long present) implements IndexedEvents<Long> {
    private static final int CLICKS_PER_VISIT = 8;
    private static final int SHIFTS = 10;

    static Clicks of(Work work) {
      boolean inShifts = work.distribution() == Work.KeyDistribution.CYCLIC;
      return new Clicks(
          Keys.of(work), work.keys(), inShifts ? Math.max(1, work.keys() / SHIFTS) : 0);
    }

    long userOf(long index) {
      if (present == 0) {
        return keys.keyOf(index);
      }
      long shift = index / (present * CLICKS_PER_VISIT);
      return (shift * present + index % present) % users;
    }

    @Override
    public Long at(long index) {
      return userOf(index);
    }

    @Override
    public long millisAt(long index) {
      return index / CLICKS_PER_MILLI;
    }

    @Override
    public Coder<Long> coder() {
      return VarLongCoder.of();
    }

    @Override
    public int bytesEach() {
      return 8;
    }
  }

  private static final class SessionSumFn extends DoFn<KV<Long, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private transient long sessions;
    private transient long digest;

    @ProcessElement
    public void process(@Element KV<Long, Long> session, @Timestamp Instant end) {
      sessions++;
      digest += Chance.mix(session.getKey(), session.getValue(), end.getMillis());
    }

    @FinishBundle
    public void finishBundle() {
      Tally.add("sessions", sessions);
      Tally.add("digest", digest);
      sessions = 0;
      digest = 0;
    }
  }
}
