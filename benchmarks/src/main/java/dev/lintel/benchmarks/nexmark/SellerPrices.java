package dev.lintel.benchmarks.nexmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * Query 6: the average price of the last ten auctions of each seller that have sold, told anew
 * whenever another one has.
 */
final class SellerPrices extends KeyedQuery {
  private static final long serialVersionUID = 1L;

  private final long openMillisMax;

  /**
   * @param openMillisMax the longest time for which an auction is open
   */
  SellerPrices(long openMillisMax) {
    super(6, "average price per seller: merging windows, join, trigger per element", Outcome.LAST);
    this.openMillisMax = openMillisMax;
  }

  @Override
  PCollection<KV<Long, Long>> results(PCollection<Event> events) {
    return events
        .apply("WinningBids", new WinningBids(openMillisMax))
        .apply("BySeller", ParDo.of(new BySellerFn()))
        .setCoder(Streams.byNumber(WinningBid.CODER))
        .apply(
            "Window",
            Window.<KV<Long, WinningBid>>into(new GlobalWindows())
                .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                .accumulatingFiredPanes()
                .withAllowedLateness(Duration.ZERO))
        .apply("Mean", Combine.perKey(new MeanOfLastFn()))
        .setCoder(CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super KV<Long, Long>> results) {
    MeanOfLastFn mean = new MeanOfLastFn();
    Map<Long, List<WinningBid>> sellers = new HashMap<>();
    WinningBids.model(
        events,
        (winner, millis) ->
            sellers.computeIfAbsent(winner.seller(), unused -> new ArrayList<>()).add(winner));
    sellers.forEach(
        (seller, all) -> results.add(KV.of(seller, mean.extractOutput(newest(all))), 0));
  }

  private static List<WinningBid> newest(List<WinningBid> all) {
    all.sort(WinningBid.BY_CLOSE);
    return new ArrayList<>(all.subList(Math.max(0, all.size() - MeanOfLastFn.LAST), all.size()));
  }

  private static final class BySellerFn extends DoFn<WinningBid, KV<Long, WinningBid>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element WinningBid bid, OutputReceiver<KV<Long, WinningBid>> output) {
      output.output(KV.of(bid.seller(), bid));
    }
  }

  private static final class MeanOfLastFn
      extends Combine.CombineFn<WinningBid, List<WinningBid>, Long> {
    private static final long serialVersionUID = 1L;
    static final int LAST = 10;

    @Override
    public List<WinningBid> createAccumulator() {
      return new ArrayList<>(LAST + 1);
    }

    @Override
    public List<WinningBid> addInput(List<WinningBid> last, WinningBid input) {
      int at = last.size();
      while (at > 0 && WinningBid.BY_CLOSE.compare(last.get(at - 1), input) > 0) {
        at--;
      }
      last.add(at, input);
      if (last.size() > LAST) {
        last.remove(0);
      }
      return last;
    }

    @Override
    public List<WinningBid> mergeAccumulators(Iterable<List<WinningBid>> accumulators) {
      List<WinningBid> all = new ArrayList<>();
      accumulators.forEach(all::addAll);
      return newest(all);
    }

    @Override
    public Long extractOutput(List<WinningBid> last) {
      long sum = 0;
      for (WinningBid bid : last) {
        sum += bid.price();
      }
      return last.isEmpty() ? 0 : Math.round((double) sum / last.size());
    }

    @Override
    public Coder<List<WinningBid>> getAccumulatorCoder(
        CoderRegistry registry, Coder<WinningBid> inputCoder) {
      return ListCoder.of(WinningBid.CODER);
    }
  }
}
