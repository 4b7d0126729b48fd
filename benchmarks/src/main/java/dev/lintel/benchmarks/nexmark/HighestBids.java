package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Query 7: the bids with the highest price of each window. By a side input, as in Beam's suite:
 * every bid waits until the highest price of its window is known.
 */
final class HighestBids extends Query<Bid> {
  private static final long serialVersionUID = 1L;

  HighestBids() {
    super(7, "highest bid: fixed windows, side input", Outcome.EACH);
  }

  @Override
  PCollection<Bid> results(PCollection<Event> events) {
    PCollection<Bid> bids =
        Streams.bids(events).apply("Window", Window.into(FixedWindows.of(Streams.WINDOW)));
    PCollectionView<Long> highest =
        bids.apply("Price", ParDo.of(new PriceFn()))
            .setCoder(VarLongCoder.of())
            .apply("Highest", Max.longsGlobally().asSingletonView());
    return bids.apply("Select", ParDo.of(new SelectFn(highest)).withSideInputs(highest))
        .setCoder(Bid.CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super Bid> results) {
    Map<Long, Long> highest = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Bid bid) {
        highest.merge(window(bid), bid.price(), Math::max);
      }
    }
    for (Event event : events) {
      if (event instanceof Bid bid && bid.price() == highest.getOrDefault(window(bid), 0L)) {
        results.add(bid, bid.millis());
      }
    }
  }

  private static long window(Bid bid) {
    return Streams.windowStart(bid.millis(), Streams.WINDOW);
  }

  @Override
  long digest(Bid value, long millis) {
    return Chance.mix(value.digest(), millis);
  }

  private static final class PriceFn extends DoFn<Bid, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Bid bid, OutputReceiver<Long> output) {
      output.output(bid.price());
    }
  }

  private static final class SelectFn extends DoFn<Bid, Bid> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Long> highest;

    SelectFn(PCollectionView<Long> highest) {
      this.highest = highest;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Bid bid = context.element();
      if (bid.price() == context.sideInput(highest)) {
        context.output(bid);
      }
    }
  }
}
