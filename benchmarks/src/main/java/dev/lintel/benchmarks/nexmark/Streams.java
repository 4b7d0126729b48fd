package dev.lintel.benchmarks.nexmark;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/** The three kinds of events apart, and the windows that queries have in common. */
final class Streams {
  static final Duration WINDOW = Duration.standardSeconds(10);
  static final Duration PERIOD = Duration.standardSeconds(5);

  private Streams() {}

  static PCollection<Person> persons(PCollection<Event> events) {
    return events.apply("Persons", ParDo.of(new PersonsFn())).setCoder(Person.CODER);
  }

  static PCollection<Auction> auctions(PCollection<Event> events) {
    return events.apply("Auctions", ParDo.of(new AuctionsFn())).setCoder(Auction.CODER);
  }

  static PCollection<Bid> bids(PCollection<Event> events) {
    return events.apply("Bids", ParDo.of(new BidsFn())).setCoder(Bid.CODER);
  }

  static <V> KvCoder<Long, V> byNumber(Coder<V> values) {
    return KvCoder.of(VarLongCoder.of(), values);
  }

  /** The start of the fixed window of a size in which a time is. */
  static long windowStart(long millis, Duration size) {
    return Math.floorDiv(millis, size.getMillis()) * size.getMillis();
  }

  private static final class PersonsFn extends DoFn<Event, Person> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Event event, OutputReceiver<Person> output) {
      if (event instanceof Person person) {
        output.output(person);
      }
    }
  }

  private static final class AuctionsFn extends DoFn<Event, Auction> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Event event, OutputReceiver<Auction> output) {
      if (event instanceof Auction auction) {
        output.output(auction);
      }
    }
  }

  private static final class BidsFn extends DoFn<Event, Bid> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Event event, OutputReceiver<Bid> output) {
      if (event instanceof Bid bid) {
        output.output(bid);
      }
    }
  }
}
