package dev.lintel.benchmarks.nexmark;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * Query 12: how many bids each person makes in windows of processing time. The clock decides which
 * bid is in which window; all windows of a person together have all bids.
 */
final class ClockWindows extends KeyedQuery {
  private static final long serialVersionUID = 1L;

  ClockWindows() {
    super(12, "processing time windows: trigger by the clock, count", Outcome.SUM);
  }

  @Override
  PCollection<KV<Long, Long>> results(PCollection<Event> events) {
    return Streams.bids(events)
        .apply("Bidder", ParDo.of(new BidderFn()))
        .setCoder(VarLongCoder.of())
        .apply(
            "Window",
            Window.<Long>into(new GlobalWindows())
                .triggering(
                    Repeatedly.forever(
                        AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Streams.WINDOW)))
                .discardingFiredPanes()
                .withAllowedLateness(Duration.ZERO))
        .apply("Count", Count.perElement());
  }

  @Override
  void model(Iterable<Event> events, Results<? super KV<Long, Long>> results) {
    Map<Long, Long> counts = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Bid bid) {
        counts.merge(bid.bidder(), 1L, Long::sum);
      }
    }
    counts.forEach((bidder, count) -> results.add(KV.of(bidder, count), 0));
  }
}
