package dev.lintel.benchmarks.nexmark;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * For each auction that is over the bid that has won: the highest that is not below the reserve, of
 * several the earliest. Its timestamp is the last one of the auction.
 */
final class WinningBids extends PTransform<PCollection<Event>, PCollection<WinningBid>> {
  private static final long serialVersionUID = 1L;
  private static final TupleTag<Auction> AUCTIONS = new TupleTag<>("auctions");
  private static final TupleTag<Bid> BIDS = new TupleTag<>("bids");

  /** Which of the bids for an auction is better. */
  private static final Comparator<Bid> BETTER =
      Comparator.comparingLong(Bid::price)
          .thenComparing(Comparator.comparingLong(Bid::millis).reversed());

  private final long openMillisMax;

  /**
   * @param openMillisMax the longest time for which an auction is open
   */
  WinningBids(long openMillisMax) {
    this.openMillisMax = openMillisMax;
  }

  @Override
  public PCollection<WinningBid> expand(PCollection<Event> events) {
    PCollection<Event> windowed =
        events
            .apply("AuctionsAndBids", ParDo.of(new AuctionsAndBidsFn()))
            .setCoder(Event.CODER)
            .apply("Window", Window.into(new AuctionWindows(openMillisMax)));
    PCollection<KV<Long, Auction>> auctions =
        Streams.auctions(windowed)
            .apply("ById", ParDo.of(new ByIdFn()))
            .setCoder(Streams.byNumber(Auction.CODER));
    PCollection<KV<Long, Bid>> bids =
        Streams.bids(windowed)
            .apply("ByAuction", ParDo.of(new ByAuctionFn()))
            .setCoder(Streams.byNumber(Bid.CODER));
    return KeyedPCollectionTuple.of(AUCTIONS, auctions)
        .and(BIDS, bids)
        .apply("Join", CoGroupByKey.create())
        .apply("Best", ParDo.of(new BestFn()))
        .setCoder(WinningBid.CODER);
  }

  /** Gives all of them, auction by auction. */
  static void model(Iterable<Event> events, Query.Results<WinningBid> results) {
    Map<Long, Auction> auctions = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Auction auction) {
        auctions.put(auction.id(), auction);
      }
    }
    Map<Long, Bid> best = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Bid bid) {
        Auction auction = auctions.get(bid.auction());
        if (auction != null && counts(auction, bid) && bid.millis() < auction.expiresMillis()) {
          best.merge(bid.auction(), bid, (a, b) -> better(a, b));
        }
      }
    }
    for (Auction auction : auctions.values()) {
      Bid winning = best.get(auction.id());
      if (winning != null) {
        results.add(WinningBid.of(auction, winning), auction.expiresMillis() - 1);
      }
    }
  }

  private static boolean counts(Auction auction, Bid bid) {
    return bid.price() >= auction.reserve();
  }

  private static Bid better(@Nullable Bid before, Bid bid) {
    return before == null || BETTER.compare(bid, before) > 0 ? bid : before;
  }

  private static final class AuctionsAndBidsFn extends DoFn<Event, Event> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Event event, OutputReceiver<Event> output) {
      if (!(event instanceof Person)) {
        output.output(event);
      }
    }
  }

  private static final class ByIdFn extends DoFn<Auction, KV<Long, Auction>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Auction auction, OutputReceiver<KV<Long, Auction>> output) {
      output.output(KV.of(auction.id(), auction));
    }
  }

  private static final class ByAuctionFn extends DoFn<Bid, KV<Long, Bid>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Bid bid, OutputReceiver<KV<Long, Bid>> output) {
      output.output(KV.of(bid.auction(), bid));
    }
  }

  private static final class BestFn extends DoFn<KV<Long, CoGbkResult>, WinningBid> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Long, CoGbkResult> joined, OutputReceiver<WinningBid> output) {
      @Nullable Auction auction = joined.getValue().getOnly(AUCTIONS, null);
      if (auction == null) {
        return;
      }
      Bid best = null;
      for (Bid bid : joined.getValue().getAll(BIDS)) {
        if (counts(auction, bid)) {
          best = better(best, bid);
        }
      }
      if (best != null) {
        output.output(WinningBid.of(auction, best));
      }
    }
  }
}
