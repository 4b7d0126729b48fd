package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.util.ArrayList;
import java.util.List;

/**
 * The words and prices of events, made once, so that an event costs a few look-ups: the runner is
 * to be measured and not the generator.
 */
final class Texts {
  private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};
  private static final String[] CITIES = {
    "Phoenix",
    "Los Angeles",
    "San Francisco",
    "Boise",
    "Portland",
    "Bend",
    "Redmond",
    "Seattle",
    "Kent",
    "Cheyenne"
  };
  private static final String[] FIRST_NAMES = {
    "Ada", "Ben", "Carla", "Dora", "Emil", "Frida", "Georg", "Hedy", "Ivo", "Jutta", "Karl"
  };
  private static final String[] LAST_NAMES = {
    "Adler", "Brandt", "Conrad", "Dietz", "Ebner", "Falk", "Gruber", "Haas", "Iser"
  };

  /** How many different paddings there are of each length. */
  private static final int PADDINGS = 256;

  // What is left for the padding of 200, 500 and 100 bytes, after the other fields.
  private static final String[] PERSON_PADDINGS = paddings(1, 130);
  private static final String[] AUCTION_PADDINGS = paddings(2, 430);
  private static final String[] BID_PADDINGS = paddings(3, 80);
  private static final String[] ITEMS = paddings(4, 20);
  private static final String[] EMAILS = suffixed(paddings(5, 8), "@lintel.dev");
  private static final String[] CREDIT_CARDS = suffixed(paddings(6, 4), " 1234 5678 9012");

  private static final String[] NAMES = names();

  private static final int PRICE_STEPS_LOG = 12;
  private static final long[] PRICES = prices();

  private Texts() {}

  static String name(long bits) {
    return NAMES[Chance.below(NAMES.length, bits)];
  }

  static String email(long bits) {
    return any(EMAILS, bits);
  }

  static String creditCard(long bits) {
    return any(CREDIT_CARDS, bits);
  }

  static String city(long bits) {
    return CITIES[Chance.below(CITIES.length, bits)];
  }

  static String state(long bits) {
    return STATES[Chance.below(STATES.length, bits)];
  }

  static String item(long bits) {
    return any(ITEMS, bits);
  }

  static String personPadding(long bits) {
    return any(PERSON_PADDINGS, bits);
  }

  static String auctionPadding(long bits) {
    return any(AUCTION_PADDINGS, bits);
  }

  static String bidPadding(long bits) {
    return any(BID_PADDINGS, bits);
  }

  /** Cents, from 1 to 1,000,000 dollars, each power of ten as likely as the others. */
  static long price(long bits) {
    int step = (int) (bits >>> (64 - PRICE_STEPS_LOG));
    // Between two steps: the next 20 bits.
    long part = (bits >>> (44 - PRICE_STEPS_LOG)) & 0xFFFFF;
    return PRICES[step] + (((PRICES[step + 1] - PRICES[step]) * part) >>> 20);
  }

  private static String any(String[] texts, long bits) {
    return texts[(int) bits & (texts.length - 1)];
  }

  private static String[] paddings(int seed, int length) {
    String[] texts = new String[PADDINGS];
    for (int i = 0; i < PADDINGS; i++) {
      // A fifth more or less, as in Beam's suite.
      int actual =
          length - length / 5 + Chance.below(2 * (length / 5) + 1, Chance.draw(seed, i, 0));
      StringBuilder text = new StringBuilder(actual);
      for (int at = 1; at <= actual; at++) {
        text.append((char) ('a' + Chance.below(26, Chance.draw(seed, i, at))));
      }
      texts[i] = text.toString();
    }
    return texts;
  }

  private static String[] names() {
    List<String> names = new ArrayList<>();
    for (String first : FIRST_NAMES) {
      for (String last : LAST_NAMES) {
        names.add(first + " " + last);
      }
    }
    return names.toArray(new String[0]);
  }

  private static String[] suffixed(String[] texts, String suffix) {
    for (int i = 0; i < texts.length; i++) {
      texts[i] += suffix;
    }
    return texts;
  }

  private static long[] prices() {
    int steps = 1 << PRICE_STEPS_LOG;
    long[] prices = new long[steps + 1];
    for (int i = 0; i <= steps; i++) {
      // StrictMath, since every JVM has to make the same prices.
      prices[i] = Math.round(100 * StrictMath.pow(10, 6.0 * i / steps));
    }
    return prices;
  }
}
