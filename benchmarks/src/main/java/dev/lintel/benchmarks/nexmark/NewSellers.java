package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/** Query 8: the auctions of those who have registered in the same window. */
final class NewSellers extends Query<NewSeller> {
  private static final long serialVersionUID = 1L;
  private static final TupleTag<Person> PERSONS = new TupleTag<>("persons");
  private static final TupleTag<Auction> AUCTIONS = new TupleTag<>("auctions");

  NewSellers() {
    super(8, "monitor new users: fixed windows, join", Outcome.EACH);
  }

  @Override
  PCollection<NewSeller> results(PCollection<Event> events) {
    PCollection<KV<Long, Person>> persons =
        Streams.persons(events)
            .apply("WindowPersons", Window.into(FixedWindows.of(Streams.WINDOW)))
            .apply("ById", ParDo.of(new ByIdFn()))
            .setCoder(Streams.byNumber(Person.CODER));
    PCollection<KV<Long, Auction>> auctions =
        Streams.auctions(events)
            .apply("WindowAuctions", Window.into(FixedWindows.of(Streams.WINDOW)))
            .apply("BySeller", ParDo.of(new BySellerFn()))
            .setCoder(Streams.byNumber(Auction.CODER));
    return KeyedPCollectionTuple.of(PERSONS, persons)
        .and(AUCTIONS, auctions)
        .apply("Join", CoGroupByKey.create())
        .apply("Select", ParDo.of(new SelectFn()))
        .setCoder(NewSeller.CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super NewSeller> results) {
    Map<Long, Person> persons = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Person person) {
        persons.put(person.id(), person);
      }
    }
    for (Event event : events) {
      if (event instanceof Auction auction) {
        Person seller = persons.get(auction.seller());
        long window = Streams.windowStart(auction.millis(), Streams.WINDOW);
        if (seller != null && Streams.windowStart(seller.millis(), Streams.WINDOW) == window) {
          results.add(
              new NewSeller(seller.id(), seller.name(), auction.reserve()),
              window + Streams.WINDOW.getMillis() - 1);
        }
      }
    }
  }

  @Override
  long digest(NewSeller value, long millis) {
    return Chance.mix(value.digest(), millis);
  }

  private static final class ByIdFn extends DoFn<Person, KV<Long, Person>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Person person, OutputReceiver<KV<Long, Person>> output) {
      output.output(KV.of(person.id(), person));
    }
  }

  private static final class BySellerFn extends DoFn<Auction, KV<Long, Auction>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Auction auction, OutputReceiver<KV<Long, Auction>> output) {
      output.output(KV.of(auction.seller(), auction));
    }
  }

  private static final class SelectFn extends DoFn<KV<Long, CoGbkResult>, NewSeller> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Long, CoGbkResult> joined, OutputReceiver<NewSeller> output) {
      @Nullable Person person = joined.getValue().getOnly(PERSONS, null);
      if (person != null) {
        for (Auction auction : joined.getValue().getAll(AUCTIONS)) {
          output.output(new NewSeller(person.id(), person.name(), auction.reserve()));
        }
      }
    }
  }
}
