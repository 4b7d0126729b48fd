package dev.lintel.benchmarks.nexmark;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Query 11: how many bids each person makes in a session, which ends when the person makes none for
 * a while. (Beam's suite ends a session after 100,000 bids as well; here only the gap does.)
 */
final class UserSessions extends KeyedQuery {
  private static final long serialVersionUID = 1L;

  UserSessions() {
    super(11, "user sessions: session windows, count", Outcome.EACH);
  }

  @Override
  PCollection<KV<Long, Long>> results(PCollection<Event> events) {
    return Streams.bids(events)
        .apply("Bidder", ParDo.of(new BidderFn()))
        .setCoder(VarLongCoder.of())
        .apply("Window", Window.into(Sessions.withGapDuration(Streams.WINDOW)))
        .apply("Count", Count.perElement());
  }

  @Override
  void model(Iterable<Event> events, Results<? super KV<Long, Long>> results) {
    long gap = Streams.WINDOW.getMillis();
    Map<Long, long[]> lastAndCounts = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Bid bid) {
        long[] lastAndCount =
            lastAndCounts.computeIfAbsent(bid.bidder(), unused -> new long[] {bid.millis(), 0});
        if (bid.millis() - lastAndCount[0] >= gap) {
          results.add(KV.of(bid.bidder(), lastAndCount[1]), lastAndCount[0] + gap - 1);
          lastAndCount[1] = 0;
        }
        lastAndCount[0] = bid.millis();
        lastAndCount[1]++;
      }
    }
    lastAndCounts.forEach(
        (bidder, lastAndCount) ->
            results.add(KV.of(bidder, lastAndCount[1]), lastAndCount[0] + gap - 1));
  }
}
