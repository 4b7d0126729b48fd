package dev.lintel.benchmarks.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class EventGeneratorTest {
  private static final int COUNT = 100_000;
  private static final EventGenerator EVENTS = new EventGenerator(3);

  @Test
  void ofFiftyEventsOneIsAPersonAndThreeAreAuctions() {
    Set<Long> persons = new HashSet<>();
    Set<Long> auctions = new HashSet<>();
    int bids = 0;
    for (Event event : EVENTS.first(COUNT)) {
      if (event instanceof Person person) {
        persons.add(person.id());
      } else if (event instanceof Auction auction) {
        auctions.add(auction.id());
      } else {
        bids++;
      }
    }
    assertThat(persons).as("no id twice").hasSize(COUNT / 50);
    assertThat(auctions).as("no id twice").hasSize(COUNT / 50 * 3);
    assertThat(bids).isEqualTo(COUNT / 50 * 46);
  }

  @Test
  void halfOfTheBidsAreForTheHotAuctionAndThreeOfFourByTheHotBidder() {
    int bids = 0;
    int hotAuction = 0;
    int hotBidder = 0;
    for (Event event : EVENTS.first(COUNT)) {
      if (event instanceof Bid bid) {
        bids++;
        hotAuction += (bid.auction() - EventGenerator.FIRST_AUCTION) % 100 == 0 ? 1 : 0;
        hotBidder += (bid.bidder() - EventGenerator.FIRST_PERSON) % 100 == 1 ? 1 : 0;
      }
    }
    // A hundredth of the others hits the hot one by chance.
    assertThat((double) hotAuction / bids).isBetween(0.49, 0.52);
    assertThat((double) hotBidder / bids).isBetween(0.74, 0.77);
  }

  /** Long after the person has registered nobody sells: q3 may forget persons after a minute. */
  @Test
  void sellersAndBiddersAreThoseOfTheLastSeconds() {
    long newest = 0;
    for (Event event : EVENTS.first(COUNT)) {
      if (event instanceof Person person) {
        newest = person.id();
      } else if (event instanceof Auction auction) {
        assertThat(auction.seller()).isBetween(newest - 1_000, newest + 10);
      } else if (event instanceof Bid bid) {
        assertThat(bid.bidder()).isBetween(newest - 1_000, newest + 10);
      }
    }
  }

  @Test
  void auctionsAreOpenForAsLongAsAHundredOthersTakeOnAverage() {
    long sum = 0;
    int auctions = 0;
    for (Event event : EVENTS.first(COUNT)) {
      if (event instanceof Auction auction) {
        long open = auction.expiresMillis() - auction.millis();
        assertThat(open).isBetween(1L, (long) EVENTS.openMillisMax());
        sum += open;
        auctions++;
      }
    }
    // A hundred auctions are 1,667 events, ten in a millisecond.
    assertThat((double) sum / auctions).isBetween(155.0, 178.0);
  }

  @Test
  void theSameSeedGivesTheSameEventsAndAnotherGivesOthers() {
    assertThat(new EventGenerator(3).first(1_000)).containsExactlyElementsOf(EVENTS.first(1_000));
    assertThat(new EventGenerator(4).first(1_000)).doesNotContainAnyElementsOf(EVENTS.first(1_000));
  }

  @Test
  void eventsSurviveTheirCoder() throws Exception {
    for (Event event : EVENTS.first(1_000)) {
      assertThat(CoderUtils.clone(Event.CODER, event)).isEqualTo(event);
    }
  }

  @Test
  void bytesEachIsAboutTheSizeOfAnEncodedEvent() throws Exception {
    long bytes = 0;
    for (Event event : EVENTS.first(10_000)) {
      bytes += CoderUtils.encodeToByteArray(Event.CODER, event).length;
    }
    assertThat(bytes / 10_000.0).isBetween(0.9 * EVENTS.bytesEach(), 1.1 * EVENTS.bytesEach());
  }

  @Test
  void pricesHaveEachPowerOfTenAsOften() {
    int[] decades = new int[9];
    int bids = 0;
    for (Event event : EVENTS.first(COUNT)) {
      if (event instanceof Bid bid) {
        decades[(int) Math.log10(bid.price())]++;
        bids++;
      }
    }
    for (int decade = 2; decade < 8; decade++) {
      assertThat((double) decades[decade] / bids).as("10^%d", decade).isBetween(0.15, 0.185);
    }
  }
}
