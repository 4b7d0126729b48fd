package dev.lintel.benchmarks.nexmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;

/**
 * Brings an auction and the bids for it together, without a state that lasts: bids get windows of
 * their own, which merge into the window of their auction if they came before its end.
 *
 * <p>A bid that finds no auction, since it is over, waits for nothing until its window ends. That
 * is after the longest time for which an auction that began with the bid could be open.
 */
final class AuctionWindows extends WindowFn<Event, AuctionWindow> {
  private static final long serialVersionUID = 1L;
  private final long openMillisMax;

  /**
   * @param openMillisMax the longest time for which an auction is open
   */
  AuctionWindows(long openMillisMax) {
    this.openMillisMax = openMillisMax;
  }

  @Override
  public Collection<AuctionWindow> assignWindows(AssignContext context) {
    Event event = context.element();
    if (event instanceof Bid bid) {
      long start = bid.millis();
      return List.of(new AuctionWindow(bid.auction(), false, start, start + openMillisMax));
    }
    if (event instanceof Auction auction) {
      return List.of(
          new AuctionWindow(auction.id(), true, auction.millis(), auction.expiresMillis()));
    }
    throw new IllegalArgumentException("Expected an auction or a bid, but got " + event);
  }

  @Override
  public void mergeWindows(MergeContext context) throws Exception {
    Map<Long, AuctionWindow> auctions = new HashMap<>();
    for (AuctionWindow window : context.windows()) {
      if (window.isAuction()) {
        auctions.put(window.auction(), window);
      }
    }
    Map<AuctionWindow, List<AuctionWindow>> parts = new HashMap<>();
    for (AuctionWindow window : context.windows()) {
      AuctionWindow auction = window.isAuction() ? null : auctions.get(window.auction());
      if (auction != null && auction.takes(window)) {
        parts.computeIfAbsent(auction, unused -> new ArrayList<>(List.of(auction))).add(window);
      }
    }
    for (Map.Entry<AuctionWindow, List<AuctionWindow>> merged : parts.entrySet()) {
      context.merge(merged.getValue(), merged.getKey());
    }
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return equals(other);
  }

  @Override
  public Coder<AuctionWindow> windowCoder() {
    return AuctionWindow.CODER;
  }

  @Override
  public WindowMappingFn<AuctionWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException("Side inputs have no windows of auctions");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AuctionWindows that && openMillisMax == that.openMillisMax;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(openMillisMax);
  }
}
