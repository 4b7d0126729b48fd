package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/** Query 1: bids with their price in euros, 89 cents for a dollar. */
final class Currencies extends Query<Bid> {
  private static final long serialVersionUID = 1L;

  Currencies() {
    super(1, "currency conversion", Outcome.EACH);
  }

  private static Bid inEuros(Bid bid) {
    return bid.withPrice(bid.price() * 89 / 100);
  }

  @Override
  PCollection<Bid> results(PCollection<Event> events) {
    return Streams.bids(events).apply("InEuros", ParDo.of(new EurosFn())).setCoder(Bid.CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super Bid> results) {
    for (Event event : events) {
      if (event instanceof Bid bid) {
        results.add(inEuros(bid), bid.millis());
      }
    }
  }

  @Override
  long digest(Bid value, long millis) {
    return Chance.mix(value.digest(), millis);
  }

  private static final class EurosFn extends DoFn<Bid, Bid> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Bid bid, OutputReceiver<Bid> output) {
      output.output(inEuros(bid));
    }
  }
}
