package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import dev.lintel.benchmarks.source.IndexedEvents;
import java.util.Iterator;
import org.apache.beam.sdk.coders.Coder;

/**
 * The life of the auction site, from a seed: of each 50 events the first is a person, three are
 * auctions, the rest are bids.
 *
 * <p>As in Beam's suite: half of the bids are for the hot auction, which is another one after each
 * 100 auctions; three of four bids are by the hot bidder and three of four auctions by the hot
 * seller, other ones after each 100 persons; the rest is spread over the last 100 auctions and
 * 1,000 persons, and a few that come only after it. An auction is open for as long as it takes for
 * 100 more to begin, on average.
 *
 * <p>An event is a function of seed and index: nothing is remembered between them.
 */
final class EventGenerator implements IndexedEvents<Event> {
  private static final long serialVersionUID = 1L;

  static final int PERSONS = 1;
  static final int AUCTIONS = 3;

  /** Persons, auctions and bids together. */
  static final int EPOCH = 50;

  static final long FIRST_PERSON = 1_000;
  static final long FIRST_AUCTION = 1_000;
  static final long FIRST_CATEGORY = 10;
  static final int CATEGORIES = 5;

  /** Divisible by every window of the queries: 2015-07-15T12:00:00Z. */
  static final long START_MILLIS = 1_436_961_600_000L;

  /** As usual in Nexmark: ten in a millisecond. */
  private static final int EVENTS_PER_SECOND = 10_000;

  private static final int OPEN_AUCTIONS = 100;
  private static final int ACTIVE_PERSONS = 1_000;

  /** How many persons or auctions that are yet to come may be named already. */
  private static final int LEAD = 10;

  /** A hot one is hot until so many have come after it. */
  private static final int HOT_FOR = 100;

  private final long seed;
  private final int eventsPerSecond;

  EventGenerator(long seed) {
    this(seed, EVENTS_PER_SECOND);
  }

  /**
   * @param eventsPerSecond of event time: with fewer, few events fill many windows
   */
  EventGenerator(long seed, int eventsPerSecond) {
    this.seed = seed;
    this.eventsPerSecond = eventsPerSecond;
  }

  /**
   * The longest time for which an auction is open: twice as long as it takes until so many auctions
   * have begun as are open at a time.
   */
  int openMillisMax() {
    return 2 * OPEN_AUCTIONS * EPOCH * 1_000 / AUCTIONS / eventsPerSecond;
  }

  @Override
  public Event at(long index) {
    int offset = (int) (index % EPOCH);
    if (offset < PERSONS) {
      return person(index);
    }
    return offset < PERSONS + AUCTIONS ? auction(index) : bid(index);
  }

  @Override
  public long millisAt(long index) {
    return START_MILLIS + index * 1_000 / eventsPerSecond;
  }

  @Override
  public Coder<Event> coder() {
    return Event.CODER;
  }

  @Override
  public int bytesEach() {
    return 128;
  }

  private Person person(long index) {
    long id = lastPerson(index);
    return new Person(
        FIRST_PERSON + id,
        Texts.name(draw(index, 0)),
        Texts.email(draw(index, 5)),
        Texts.creditCard(draw(index, 1)),
        Texts.city(draw(index, 2)),
        Texts.state(draw(index, 3)),
        millisAt(index),
        Texts.personPadding(draw(index, 4)));
  }

  private Auction auction(long index) {
    long seller =
        Chance.below(4, draw(index, 0)) > 0
            ? lastPerson(index) / HOT_FOR * HOT_FOR
            : anyPerson(index, draw(index, 1));
    long millis = millisAt(index);
    return new Auction(
        FIRST_AUCTION + lastAuction(index),
        Texts.item(draw(index, 2)),
        Texts.price(draw(index, 3)) + Texts.price(draw(index, 4)),
        millis,
        millis + 1 + Chance.below(openMillisMax(), draw(index, 5)),
        FIRST_PERSON + seller,
        FIRST_CATEGORY + Chance.below(CATEGORIES, draw(index, 6)),
        Texts.auctionPadding(draw(index, 7)));
  }

  private Bid bid(long index) {
    long bits = draw(index, 0);
    long auction =
        (bits & 1) == 0 ? lastAuction(index) / HOT_FOR * HOT_FOR : anyAuction(index, bits);
    long moreBits = draw(index, 1);
    // The hot bidder is not the hot seller.
    long bidder =
        (moreBits & 3) != 0
            ? lastPerson(index) / HOT_FOR * HOT_FOR + 1
            : anyPerson(index, moreBits);
    return new Bid(
        FIRST_AUCTION + auction,
        FIRST_PERSON + bidder,
        Texts.price(draw(index, 2)),
        millisAt(index),
        Texts.bidPadding(moreBits));
  }

  private static long anyPerson(long index, long bits) {
    long persons = lastPerson(index) + 1;
    long active = Math.min(persons, ACTIVE_PERSONS);
    return persons - active + Chance.below((int) active + LEAD, bits);
  }

  private static long anyAuction(long index, long bits) {
    long last = lastAuction(index);
    long first = Math.max(last - OPEN_AUCTIONS, 0);
    return first + Chance.below((int) (last - first) + 1 + LEAD, bits);
  }

  /** The number of the newest person, counted from 0: the event itself, if it is one. */
  private static long lastPerson(long index) {
    return index / EPOCH * PERSONS + Math.min(index % EPOCH, PERSONS - 1);
  }

  /** The number of the newest auction; before the first one, that one. */
  private static long lastAuction(long index) {
    long inEpoch = Math.min(index % EPOCH - PERSONS, AUCTIONS - 1);
    return Math.max(0, index / EPOCH * AUCTIONS + inEpoch);
  }

  private long draw(long index, int draw) {
    return Chance.draw(seed, index, draw);
  }

  /** The first {@code count} events, in the order of time. */
  Iterable<Event> first(long count) {
    return () ->
        new Iterator<>() {
          private long next;

          @Override
          public boolean hasNext() {
            return next < count;
          }

          @Override
          public Event next() {
            return at(next++);
          }
        };
  }
}
