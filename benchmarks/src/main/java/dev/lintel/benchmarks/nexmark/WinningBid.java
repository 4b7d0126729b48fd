package dev.lintel.benchmarks.nexmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Comparator;
import org.apache.beam.sdk.coders.Coder;

/**
 * An auction that is over and has sold.
 *
 * @param price of the winning bid
 * @param expiresMillis when it was over
 */
record WinningBid(long auction, long seller, long category, long price, long expiresMillis) {
  static final Coder<WinningBid> CODER = new WinningBidCoder();

  /** Who closed first. Auctions that closed together have an order too, so that results are one. */
  static final Comparator<WinningBid> BY_CLOSE =
      Comparator.comparingLong(WinningBid::expiresMillis).thenComparingLong(WinningBid::auction);

  static WinningBid of(Auction auction, Bid bid) {
    return new WinningBid(
        auction.id(), auction.seller(), auction.category(), bid.price(), auction.expiresMillis());
  }

  private static final class WinningBidCoder extends Wire<WinningBid> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(WinningBid bid, OutputStream out) throws IOException {
      number(bid.auction, out);
      number(bid.seller, out);
      number(bid.category, out);
      number(bid.price, out);
      number(bid.expiresMillis, out);
    }

    @Override
    public WinningBid decode(InputStream in) throws IOException {
      return new WinningBid(number(in), number(in), number(in), number(in), number(in));
    }
  }
}
