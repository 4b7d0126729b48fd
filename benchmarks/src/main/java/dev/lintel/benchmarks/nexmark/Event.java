package dev.lintel.benchmarks.nexmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;

/** Something that happens on the auction site. */
sealed interface Event permits Person, Auction, Bid {
  Coder<Event> CODER = new EventCoder();

  /** When it happened. */
  long millis();

  /** A number that stands for its values in checksums. */
  long digest();

  /** One byte that says which kind it is, and its own coder. */
  final class EventCoder extends AtomicCoder<Event> {
    private static final long serialVersionUID = 1L;
    private static final int PERSON = 0;
    private static final int AUCTION = 1;
    private static final int BID = 2;

    private EventCoder() {}

    @Override
    public void encode(Event event, OutputStream out) throws IOException {
      if (event instanceof Bid bid) {
        out.write(BID);
        Bid.CODER.encode(bid, out);
      } else if (event instanceof Auction auction) {
        out.write(AUCTION);
        Auction.CODER.encode(auction, out);
      } else {
        out.write(PERSON);
        Person.CODER.encode((Person) event, out);
      }
    }

    @Override
    public Event decode(InputStream in) throws IOException {
      int kind = in.read();
      return switch (kind) {
        case PERSON -> Person.CODER.decode(in);
        case AUCTION -> Auction.CODER.decode(in);
        case BID -> Bid.CODER.decode(in);
        default ->
            throw new IOException("Expected the kind of an event (0 to 2), but read " + kind);
      };
    }

    @Override
    public boolean consistentWithEquals() {
      return true;
    }
  }
}
