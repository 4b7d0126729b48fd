package dev.lintel.benchmarks.nexmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** Query 5: the auctions with the most bids of the last seconds, and how many they have. */
final class HotItems extends KeyedQuery {
  private static final long serialVersionUID = 1L;

  HotItems() {
    super(5, "hot items: sliding windows, count, maximum", Outcome.EACH);
  }

  @Override
  PCollection<KV<Long, Long>> results(PCollection<Event> events) {
    return Streams.bids(events)
        .apply("Auction", ParDo.of(new AuctionFn()))
        .setCoder(VarLongCoder.of())
        .apply("Window", Window.into(SlidingWindows.of(Streams.WINDOW).every(Streams.PERIOD)))
        .apply("Count", Count.perElement())
        .apply("Hottest", Combine.globally(new HottestFn()).withoutDefaults())
        .apply("Each", ParDo.of(new EachFn()))
        .setCoder(CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super KV<Long, Long>> results) {
    Map<Long, Map<Long, Long>> windows = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Bid bid) {
        long last = Streams.windowStart(bid.millis(), Streams.PERIOD);
        long first = last - Streams.WINDOW.getMillis() + Streams.PERIOD.getMillis();
        for (long start = first; start <= last; start += Streams.PERIOD.getMillis()) {
          windows
              .computeIfAbsent(start, unused -> new HashMap<>())
              .merge(bid.auction(), 1L, Long::sum);
        }
      }
    }
    windows.forEach(
        (start, counts) -> {
          long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
          counts.forEach(
              (auction, count) -> {
                if (count == most) {
                  results.add(KV.of(auction, count), start + Streams.WINDOW.getMillis() - 1);
                }
              });
        });
  }

  private static final class AuctionFn extends DoFn<Bid, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Bid bid, OutputReceiver<Long> output) {
      output.output(bid.auction());
    }
  }

  /**
   * Keeps those of the largest count; an accumulator is that count and all auctions that have it.
   */
  private static final class HottestFn
      extends Combine.CombineFn<KV<Long, Long>, KV<Long, List<Long>>, KV<Long, List<Long>>> {
    private static final long serialVersionUID = 1L;

    @Override
    public KV<Long, List<Long>> createAccumulator() {
      return KV.of(0L, new ArrayList<>());
    }

    @Override
    public KV<Long, List<Long>> addInput(KV<Long, List<Long>> hottest, KV<Long, Long> input) {
      if (input.getValue() < hottest.getKey()) {
        return hottest;
      }
      KV<Long, List<Long>> result =
          input.getValue() > hottest.getKey()
              ? KV.of(input.getValue(), new ArrayList<>())
              : hottest;
      result.getValue().add(input.getKey());
      return result;
    }

    @Override
    public KV<Long, List<Long>> mergeAccumulators(Iterable<KV<Long, List<Long>>> accumulators) {
      KV<Long, List<Long>> result = createAccumulator();
      for (KV<Long, List<Long>> each : accumulators) {
        if (each.getKey() > result.getKey()) {
          result = KV.of(each.getKey(), new ArrayList<>(each.getValue()));
        } else if (each.getKey().equals(result.getKey())) {
          result.getValue().addAll(each.getValue());
        }
      }
      return result;
    }

    @Override
    public KV<Long, List<Long>> extractOutput(KV<Long, List<Long>> accumulator) {
      return accumulator;
    }

    @Override
    public Coder<KV<Long, List<Long>>> getAccumulatorCoder(
        CoderRegistry registry, Coder<KV<Long, Long>> inputCoder) {
      return KvCoder.of(VarLongCoder.of(), ListCoder.of(VarLongCoder.of()));
    }

    @Override
    public Coder<KV<Long, List<Long>>> getDefaultOutputCoder(
        CoderRegistry registry, Coder<KV<Long, Long>> inputCoder) {
      return getAccumulatorCoder(registry, inputCoder);
    }
  }

  private static final class EachFn extends DoFn<KV<Long, List<Long>>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Long, List<Long>> hottest, OutputReceiver<KV<Long, Long>> output) {
      for (Long auction : hottest.getValue()) {
        output.output(KV.of(auction, hottest.getKey()));
      }
    }
  }
}
