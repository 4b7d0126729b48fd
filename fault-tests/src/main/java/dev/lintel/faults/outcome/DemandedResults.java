package dev.lintel.faults.outcome;

import dev.lintel.faults.input.Event;
import dev.lintel.faults.input.Rates;
import dev.lintel.faults.pipeline.KeyedResults;
import dev.lintel.faults.pipeline.Result;
import dev.lintel.faults.pipeline.Result.Events;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.beam.sdk.values.KV;

/** What the pipeline has to write, computed without it. */
public final class DemandedResults {
  private final long seed;
  private final Effects effects = new Effects();
  private final Map<String, List<Event>> byKey = new TreeMap<>();

  private DemandedResults(long seed) {
    this.seed = seed;
  }

  /**
   * @param ids of the events, those of a key in their order
   */
  public static Effects of(long seed, LongStream ids) {
    DemandedResults demanded = new DemandedResults(seed);
    ids.forEach(id -> demanded.add(Event.of(seed, id)));
    demanded.byKey.forEach(demanded::endOfKey);
    return demanded.effects;
  }

  /** The effect that a record of the results topic is. */
  public static String effect(String key, String value) {
    return key + " " + value;
  }

  private void add(KV<String, String> result) {
    effects.add(effect(result.getKey(), result.getValue()));
  }

  private void add(Event event) {
    List<Event> before = byKey.computeIfAbsent(event.key(), any -> new ArrayList<>());
    before.add(event);
    add(Result.sequence(event.key(), before.size(), event.id()));
    long rate = Rates.valueOf(seed, Rates.stretchOf(event.timeMillis()));
    add(Result.rate(event.key(), event.id(), rate));
  }

  private void endOfKey(String key, List<Event> events) {
    Map<Long, Events> buckets = new TreeMap<>();
    for (Event each : events) {
      buckets.merge(
          Result.bucketOf(each.timeMillis()),
          Events.NONE.with(each.id()),
          (before, one) -> before.with(each.id()));
    }
    buckets.forEach((bucket, all) -> add(Result.bucket(key, bucket, all)));
    sessions(key, events);
  }

  private void sessions(String key, List<Event> events) {
    List<Event> byTime = new ArrayList<>(events);
    byTime.sort(Comparator.comparingLong(Event::timeMillis));
    long gapMillis = KeyedResults.SESSION_GAP.getMillis();
    List<Long> ids = new ArrayList<>();
    long first = 0;
    long last = 0;
    for (Event each : byTime) {
      if (!ids.isEmpty() && each.timeMillis() >= last + gapMillis) {
        endOfSession(key, first, ids);
      }
      first = ids.isEmpty() ? each.timeMillis() : first;
      last = each.timeMillis();
      ids.add(each.id());
    }
    endOfSession(key, first, ids);
  }

  private void endOfSession(String key, long firstMillis, List<Long> ids) {
    add(Result.session(key, firstMillis, ids.stream().sorted().toList()));
    ids.clear();
  }
}
