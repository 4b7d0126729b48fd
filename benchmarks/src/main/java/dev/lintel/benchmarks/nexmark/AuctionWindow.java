package dev.lintel.benchmarks.nexmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * The time for which an auction is open; or that for which a bid waits for its auction, before it
 * becomes part of the auction's.
 */
final class AuctionWindow extends BoundedWindow {
  static final Coder<AuctionWindow> CODER = new AuctionWindowCoder();

  private final long auction;
  private final boolean isAuction;
  private final long startMillis;
  private final long endMillis;

  AuctionWindow(long auction, boolean isAuction, long startMillis, long endMillis) {
    this.auction = auction;
    this.isAuction = isAuction;
    this.startMillis = startMillis;
    this.endMillis = endMillis;
  }

  long auction() {
    return auction;
  }

  boolean isAuction() {
    return isAuction;
  }

  /** Whether the bid whose window that is counts in this one, which is its auction's. */
  boolean takes(AuctionWindow bid) {
    return bid.auction == auction && bid.startMillis < endMillis;
  }

  @Override
  public Instant maxTimestamp() {
    return new Instant(endMillis - 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AuctionWindow that
        && auction == that.auction
        && isAuction == that.isAuction
        && startMillis == that.startMillis
        && endMillis == that.endMillis;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(31 * (31 * auction + startMillis) + endMillis) * 2 + (isAuction ? 1 : 0);
  }

  @Override
  public String toString() {
    return (isAuction ? "auction " : "bid for ")
        + auction
        + " ["
        + new Instant(startMillis)
        + ".."
        + new Instant(endMillis)
        + ")";
  }

  private static final class AuctionWindowCoder extends Wire<AuctionWindow> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(AuctionWindow window, OutputStream out) throws IOException {
      number(window.auction, out);
      out.write(window.isAuction ? 1 : 0);
      number(window.startMillis, out);
      number(window.endMillis, out);
    }

    @Override
    public AuctionWindow decode(InputStream in) throws IOException {
      return new AuctionWindow(number(in), in.read() == 1, number(in), number(in));
    }
  }
}
