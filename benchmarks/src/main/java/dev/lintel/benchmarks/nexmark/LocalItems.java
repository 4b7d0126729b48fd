package dev.lintel.benchmarks.nexmark;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Query 3: who sells in Oregon, Idaho or California in category 10, and in which auctions.
 *
 * <p>A person is remembered as soon as it is seen, an auction until its seller is. Both are
 * forgotten when nothing has been heard of the seller for a minute: nobody sells for longer than
 * five seconds after the registration, so that no result is lost.
 */
final class LocalItems extends Query<LocalItem> {
  private static final long serialVersionUID = 1L;
  private static final Set<String> STATES = Set.of("OR", "ID", "CA");
  private static final long CATEGORY = 10;

  LocalItems() {
    super(3, "local item suggestion: stateful join with timers", Outcome.EACH);
  }

  private static boolean isWanted(Person person) {
    return STATES.contains(person.state());
  }

  private static boolean isWanted(Auction auction) {
    return auction.category() == CATEGORY;
  }

  private static LocalItem item(Person person, long auction) {
    return new LocalItem(person.name(), person.city(), person.state(), auction);
  }

  @Override
  PCollection<LocalItem> results(PCollection<Event> events) {
    PCollection<KV<Long, Event>> auctions =
        Streams.auctions(events)
            .apply("BySeller", ParDo.of(new BySellerFn()))
            .setCoder(Streams.byNumber(Event.CODER));
    PCollection<KV<Long, Event>> persons =
        Streams.persons(events)
            .apply("ById", ParDo.of(new ByIdFn()))
            .setCoder(Streams.byNumber(Event.CODER));
    return PCollectionList.of(auctions)
        .and(persons)
        .apply("Both", Flatten.pCollections())
        .apply("Join", ParDo.of(new JoinFn()))
        .setCoder(LocalItem.CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super LocalItem> results) {
    Map<Long, Person> sellers = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Person person && isWanted(person)) {
        sellers.put(person.id(), person);
      }
    }
    for (Event event : events) {
      if (event instanceof Auction auction && isWanted(auction)) {
        Person seller = sellers.get(auction.seller());
        if (seller != null) {
          results.add(item(seller, auction.id()), 0);
        }
      }
    }
  }

  @Override
  long digest(LocalItem value, long millis) {
    return value.digest();
  }

  /** A pair has the timestamp of the one that came last. */
  @Override
  boolean timestampsAreChecked() {
    return false;
  }

  private static final class BySellerFn extends DoFn<Auction, KV<Long, Event>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Auction auction, OutputReceiver<KV<Long, Event>> output) {
      if (isWanted(auction)) {
        output.output(KV.of(auction.seller(), auction));
      }
    }
  }

  private static final class ByIdFn extends DoFn<Person, KV<Long, Event>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Person person, OutputReceiver<KV<Long, Event>> output) {
      if (isWanted(person)) {
        output.output(KV.of(person.id(), person));
      }
    }
  }

  private static final class JoinFn extends DoFn<KV<Long, Event>, LocalItem> {
    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.standardMinutes(1);

    @StateId("person")
    private final StateSpec<ValueState<Person>> personSpec = StateSpecs.value(Person.CODER);

    @StateId("auctions")
    private final StateSpec<BagState<Auction>> auctionsSpec = StateSpecs.bag(Auction.CODER);

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Event> element,
        @Timestamp Instant timestamp,
        @StateId("person") ValueState<Person> person,
        @StateId("auctions") BagState<Auction> auctions,
        @TimerId("forget") Timer forget,
        OutputReceiver<LocalItem> output) {
      if (element.getValue() instanceof Person seller) {
        person.write(seller);
        for (Auction waiting : auctions.read()) {
          output.output(item(seller, waiting.id()));
        }
        auctions.clear();
      } else {
        Auction auction = (Auction) element.getValue();
        @Nullable Person seller = person.read();
        if (seller == null) {
          auctions.add(auction);
        } else {
          output.output(item(seller, auction.id()));
        }
      }
      forget.set(timestamp.plus(MEMORY));
    }

    @OnTimer("forget")
    public void forget(
        @StateId("person") ValueState<Person> person,
        @StateId("auctions") BagState<Auction> auctions) {
      person.clear();
      auctions.clear();
    }
  }
}
