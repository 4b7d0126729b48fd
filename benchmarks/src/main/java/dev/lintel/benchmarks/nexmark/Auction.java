package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/**
 * Something that is for sale.
 *
 * @param reserve for less it is not sold
 * @param expiresMillis from then on no bid counts
 * @param padding makes it as large as an auction is on average
 */
record Auction(
    long id,
    String item,
    long reserve,
    long millis,
    long expiresMillis,
    long seller,
    long category,
    String padding)
    implements Event {
  static final Coder<Auction> CODER = new AuctionCoder();

  @Override
  public long digest() {
    return Chance.mix(
        Chance.mix(id, reserve, millis),
        Chance.mix(expiresMillis, seller, category),
        padding.length());
  }

  private static final class AuctionCoder extends Wire<Auction> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Auction auction, OutputStream out) throws IOException {
      number(auction.id, out);
      text(auction.item, out);
      number(auction.reserve, out);
      number(auction.millis, out);
      number(auction.expiresMillis, out);
      number(auction.seller, out);
      number(auction.category, out);
      text(auction.padding, out);
    }

    @Override
    public Auction decode(InputStream in) throws IOException {
      return new Auction(
          number(in),
          text(in),
          number(in),
          number(in),
          number(in),
          number(in),
          number(in),
          text(in));
    }
  }
}
