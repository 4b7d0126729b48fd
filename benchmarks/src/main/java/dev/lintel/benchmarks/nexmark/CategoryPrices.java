package dev.lintel.benchmarks.nexmark;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Mean;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** Query 4: the average price for which auctions of each category have sold in the last seconds. */
final class CategoryPrices extends KeyedQuery {
  private static final long serialVersionUID = 1L;

  private final long openMillisMax;

  /**
   * @param openMillisMax the longest time for which an auction is open
   */
  CategoryPrices(long openMillisMax) {
    super(4, "average price per category: merging windows, join, sliding mean", Outcome.EACH);
    this.openMillisMax = openMillisMax;
  }

  @Override
  PCollection<KV<Long, Long>> results(PCollection<Event> events) {
    return events
        .apply("WinningBids", new WinningBids(openMillisMax))
        .apply("ByCategory", ParDo.of(new ByCategoryFn()))
        .setCoder(CODER)
        .apply("Window", Window.into(SlidingWindows.of(Streams.WINDOW).every(Streams.PERIOD)))
        .apply("Mean", Mean.perKey())
        .apply("Round", ParDo.of(new RoundFn()))
        .setCoder(CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super KV<Long, Long>> results) {
    Map<KV<Long, Long>, long[]> sumsAndCounts = new HashMap<>();
    WinningBids.model(
        events,
        (winner, millis) -> {
          long last = Streams.windowStart(millis, Streams.PERIOD);
          long first = last - Streams.WINDOW.getMillis() + Streams.PERIOD.getMillis();
          for (long start = first; start <= last; start += Streams.PERIOD.getMillis()) {
            long[] sumAndCount =
                sumsAndCounts.computeIfAbsent(
                    KV.of(start, winner.category()), unused -> new long[2]);
            sumAndCount[0] += winner.price();
            sumAndCount[1]++;
          }
        });
    sumsAndCounts.forEach(
        (window, sumAndCount) ->
            results.add(
                KV.of(window.getValue(), Math.round((double) sumAndCount[0] / sumAndCount[1])),
                window.getKey() + Streams.WINDOW.getMillis() - 1));
  }

  private static final class ByCategoryFn extends DoFn<WinningBid, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element WinningBid bid, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(bid.category(), bid.price()));
    }
  }

  private static final class RoundFn extends DoFn<KV<Long, Double>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Long, Double> mean, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(mean.getKey(), Math.round(mean.getValue())));
    }
  }
}
