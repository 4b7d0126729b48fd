package dev.lintel.benchmarks.nexmark;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** Query 2: the price of each bid for one of every 123 auctions. */
final class Selection extends KeyedQuery {
  private static final long serialVersionUID = 1L;

  /** Of so many auctions one is looked at. */
  private static final int SKIP = 123;

  Selection() {
    super(2, "selection", Outcome.EACH);
  }

  private static boolean isSelected(Bid bid) {
    return bid.auction() % SKIP == 0;
  }

  @Override
  PCollection<KV<Long, Long>> results(PCollection<Event> events) {
    return Streams.bids(events).apply("Select", ParDo.of(new SelectFn())).setCoder(CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super KV<Long, Long>> results) {
    for (Event event : events) {
      if (event instanceof Bid bid && isSelected(bid)) {
        results.add(KV.of(bid.auction(), bid.price()), bid.millis());
      }
    }
  }

  private static final class SelectFn extends DoFn<Bid, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Bid bid, OutputReceiver<KV<Long, Long>> output) {
      if (isSelected(bid)) {
        output.output(KV.of(bid.auction(), bid.price()));
      }
    }
  }
}
