package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.WrongResultException;
import dev.lintel.benchmarks.source.IndexedEvents.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/** One query over a number of events; the check runs the query's model over the same events. */
public final class NexmarkCase<T> implements BenchmarkCase {
  private static final EventGenerator EVENTS = new EventGenerator(42);

  /** Queries that group bids are given fewer events, so that a run takes seconds. */
  private static final long EVENTS_OF_HEAVY_QUERIES = 2_000_000;

  private static final long EVENTS_OF_LIGHT_QUERIES = 10_000_000;
  private static final Set<Class<?>> LIGHT =
      Set.of(
          PassThrough.class, Currencies.class, Selection.class, LocalItems.class, NewSellers.class);

  private final Query<T> query;
  private final Mode mode;

  private NexmarkCase(Query<T> query, Mode mode) {
    this.query = query;
    this.mode = mode;
  }

  /** Each query over bounded input, and then each over an unbounded source. */
  public static List<BenchmarkCase> all() {
    List<BenchmarkCase> all = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      for (Query<?> query : queries(EVENTS)) {
        all.add(new NexmarkCase<>(query, mode));
      }
    }
    return all;
  }

  static List<Query<?>> queries(EventGenerator events) {
    return List.of(
        new PassThrough(),
        new Currencies(),
        new Selection(),
        new LocalItems(),
        new CategoryPrices(events.openMillisMax()),
        new HotItems(),
        new SellerPrices(events.openMillisMax()),
        new HighestBids(),
        new NewSellers(),
        new UserSessions(),
        new ClockWindows());
  }

  @Override
  public String name() {
    return "nexmark-" + query.name() + (unbounded() ? "-streaming" : "");
  }

  @Override
  public String title() {
    return "Nexmark " + query.name() + ", " + query.title();
  }

  @Override
  public List<Work> works() {
    boolean light = LIGHT.contains(query.getClass());
    return List.of(Work.unkeyed(light ? EVENTS_OF_LIGHT_QUERIES : EVENTS_OF_HEAVY_QUERIES));
  }

  @Override
  public boolean unbounded() {
    return mode == Mode.UNBOUNDED;
  }

  @Override
  public void prepare(Work work) {
    LastPanes.clear();
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    PCollection<Event> events = EVENTS.read(pipeline, work.elements(), mode);
    query.results(events).apply("Results", ParDo.of(new ResultSink<>(query)));
  }

  @Override
  public int check(Work work) {
    long[] countAndDigest = new long[2];
    query.model(
        EVENTS.first(work.elements()),
        (value, millis) -> {
          countAndDigest[0]++;
          countAndDigest[1] += query.digest(value, millis);
        });
    return switch (query.outcome()) {
      case EACH ->
          Tally.expect(ResultSink.RESULTS, countAndDigest[0])
              + Tally.expect(ResultSink.DIGEST, countAndDigest[1]);
      case SUM -> Tally.expect(ResultSink.DIGEST, countAndDigest[1]);
      case LAST ->
          expect("keys", countAndDigest[0], LastPanes.size())
              + expect("digest of the last panes", countAndDigest[1], LastPanes.digest(query));
    };
  }

  private int expect(String what, long expected, long found) {
    if (expected != found) {
      throw new WrongResultException(
          "Expected " + what + " to be " + expected + ", but was " + found + " (" + name() + ")");
    }
    return 1;
  }
}
