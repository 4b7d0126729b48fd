package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/**
 * A person's offer for an auction.
 *
 * @param padding makes it as large as a bid is on average
 */
record Bid(long auction, long bidder, long price, long millis, String padding) implements Event {
  static final Coder<Bid> CODER = new BidCoder();

  @Override
  public long digest() {
    return Chance.mix(Chance.mix(auction, bidder, price), millis, padding.length());
  }

  Bid withPrice(long other) {
    return new Bid(auction, bidder, other, millis, padding);
  }

  private static final class BidCoder extends Wire<Bid> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Bid bid, OutputStream out) throws IOException {
      number(bid.auction, out);
      number(bid.bidder, out);
      number(bid.price, out);
      number(bid.millis, out);
      text(bid.padding, out);
    }

    @Override
    public Bid decode(InputStream in) throws IOException {
      return new Bid(number(in), number(in), number(in), number(in), text(in));
    }
  }
}
