package dev.lintel.examples;

import static dev.lintel.examples.OrderEvent.Kind.ORDER;
import static dev.lintel.examples.OrderEvent.Kind.PAYMENT;
import static dev.lintel.examples.TimedViews.at;
import static dev.lintel.examples.TimedViews.instant;

import dev.lintel.examples.StreamCase.WithPane;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@link SettleOrders}: orders and payments that meet, don't meet, and meet too late. */
final class OrderPaymentsCases {
  private static final long SEED = 20_260_304;
  private static final long WITHIN = Duration.standardMinutes(15).getMillis();
  private static final long REMEMBER = Duration.standardHours(2).getMillis();
  private static final long DELAY_MAX = Duration.standardMinutes(10).getMillis();
  private static final KvCoder<String, OrderEvent> CODER =
      KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(OrderEvent.class));

  private OrderPaymentsCases() {}

  static List<StreamCase> all() {
    RandomOrders random = new RandomOrders();
    return List.of(
        new StreamCase(
            "order-payments: each way an order can go",
            pipeline -> settle(pipeline, eachWay()).apply(ParDo.of(new WithPane())),
            eachWayExpected()),
        new StreamCase(
            "order-payments: random stream, seed " + SEED,
            pipeline -> settle(pipeline, random.stream()).apply(ParDo.of(new WithPane())),
            random.expectedOfStream()),
        new StreamCase(
            "order-payments: random files, seed " + SEED,
            pipeline -> settle(pipeline, random.files()),
            random.expectedOfFiles()));
  }

  /** All outcomes in one collection, each line with the name of its outcome in front. */
  private static PCollection<String> settle(
      Pipeline pipeline, PTransform<PBegin, PCollection<KV<String, OrderEvent>>> events) {
    PCollectionTuple outcomes =
        pipeline
            .apply("Events", events)
            .apply(
                "SettleOrders",
                new SettleOrders(Duration.millis(WITHIN), Duration.millis(REMEMBER)));
    PCollectionList<String> named = PCollectionList.empty(pipeline);
    for (OrderOutcome outcome : OrderOutcome.values()) {
      String name = outcome.name();
      named =
          named.and(
              outcomes
                  .get(outcome.tag())
                  .apply(
                      "Name " + name,
                      MapElements.into(TypeDescriptors.strings()).via(line -> name + " " + line)));
    }
    return named.apply("All", Flatten.pCollections());
  }

  // ---- by hand ----

  private static TestStream<KV<String, OrderEvent>> eachWay() {
    return TestStream.create(CODER)
        .addElements(order("12:00:00", "in-time"), order("12:00:00", "never"))
        .addElements(order("12:00:00", "late"), order("12:00:00", "behind"))
        .addElements(order("12:00:00", "ahead"), payment("12:40:00", "ahead"))
        .addElements(payment("12:00:00", "no-order"), payment("12:01:00", "before"))
        .addElements(order("12:00:00", "twice"), order("12:01:00", "twice"))
        .addElements(payment("12:02:00", "twice-paid"), payment("12:03:00", "twice-paid"))
        .addElements(order("12:15:00", "before"))
        .advanceWatermarkTo(instant("12:15:00"))
        // At the last moment; the timer of its order is set for it.
        .addElements(payment("12:15:00", "in-time"))
        .advanceWatermarkTo(instant("12:15:00.001"))
        // Made in time, but behind the watermark.
        .addElements(payment("12:05:00", "behind"))
        // Paid: known no more.
        .addElements(payment("12:20:00", "in-time"))
        .advanceWatermarkTo(instant("13:59:59"))
        .addElements(payment("13:59:59", "late"))
        .advanceWatermarkTo(instant("14:00:00.001"))
        // Forgotten: both begin anew.
        .addElements(payment("14:00:01", "never"), order("14:00:01", "twice"))
        .advanceWatermarkToInfinity();
  }

  private static List<String> eachWayExpected() {
    return List.of(
        way("PAID in-time o ordered 12:00:00 paid 12:15:00 by p", "12:15:00"),
        way("PAID before o ordered 12:15:00 paid 12:01:00 by p", "12:15:00"),
        way("UNPAID never o ordered 12:00:00", "12:15:00"),
        way("UNPAID late o ordered 12:00:00", "12:15:00"),
        way("UNPAID behind o ordered 12:00:00", "12:15:00"),
        way("UNPAID ahead o ordered 12:00:00", "12:15:00"),
        way("UNPAID twice o ordered 12:00:00", "12:15:00"),
        way("UNPAID twice o ordered 14:00:01", "14:15:01"),
        way("PAID_LATE late o ordered 12:00:00 paid 13:59:59 by p", "13:59:59"),
        way("PAID_LATE behind o ordered 12:00:00 paid 12:05:00 by p", "12:05:00"),
        // Both are there when the order is given up.
        way("PAID_LATE ahead o ordered 12:00:00 paid 12:40:00 by p", "12:15:00"),
        way("PAYMENT_WITHOUT_ORDER no-order paid 12:00:00 by p", "12:15:00"),
        way("PAYMENT_WITHOUT_ORDER twice-paid paid 12:02:00 by p", "12:17:00"),
        way("PAYMENT_WITHOUT_ORDER in-time paid 12:20:00 by p", "12:35:00"),
        way("PAYMENT_WITHOUT_ORDER never paid 14:00:01 by p", "14:15:01"),
        way("DUPLICATE twice o ordered 12:01:00", "12:01:00"),
        way("DUPLICATE twice-paid paid 12:03:00 by p", "12:03:00"));
  }

  private static String way(String line, String timestamp) {
    String withDates = line.replaceAll("\\b(\\d\\d:\\d\\d:\\d\\d)", "2026-01-31T$1Z");
    return StreamCase.line(withDates, at(timestamp), "UNKNOWN#0");
  }

  private static TimestampedValue<KV<String, OrderEvent>> order(String timeOfDay, String id) {
    return TimestampedValue.of(KV.of(id, new OrderEvent(ORDER, "o")), instant(timeOfDay));
  }

  private static TimestampedValue<KV<String, OrderEvent>> payment(String timeOfDay, String id) {
    return TimestampedValue.of(KV.of(id, new OrderEvent(PAYMENT, "p")), instant(timeOfDay));
  }

  // ---- at random ----

  /**
   * An order or a payment.
   *
   * @param arrival when it comes in
   */
  private record Event(String id, OrderEvent.Kind kind, long time, long arrival) {
    TimestampedValue<KV<String, OrderEvent>> element() {
      String detail = kind == ORDER ? "o" : "p";
      return TimestampedValue.of(KV.of(id, new OrderEvent(kind, detail)), new Instant(time));
    }

    String words() {
      String time = java.time.Instant.ofEpochMilli(this.time).toString();
      return kind == ORDER ? " o ordered " + time : " paid " + time + " by p";
    }
  }

  /** Ids with at most one order and one payment each, none of which is behind the watermark. */
  private static final class RandomOrders {
    private static final int IDS = 60;

    private final List<Event> arrivals = new ArrayList<>();
    private final List<Expected> expected = new ArrayList<>();

    private record Expected(String line, long timestamp) {}

    RandomOrders() {
      SplittableRandom random = new SplittableRandom(SEED);
      for (int i = 0; i < IDS; i++) {
        String id = "id" + i;
        long time = TimedViews.NOON + random.nextLong(Duration.standardHours(6).getMillis());
        Event order = random.nextInt(6) == 0 ? null : event(random, id, ORDER, time);
        long distance = random.nextLong(2 * WITHIN) - WITHIN;
        if (random.nextInt(3) == 0) {
          // Too far to be paid; sometimes too far to be remembered.
          distance += random.nextLong(REMEMBER + 2 * WITHIN);
        }
        Event payment =
            random.nextInt(6) == 0 && order != null
                ? null
                : event(random, id, PAYMENT, time + distance - distance % 1000);
        settle(order, payment);
      }
      arrivals.sort(Comparator.comparingLong(Event::arrival));
    }

    private Event event(SplittableRandom random, String id, OrderEvent.Kind kind, long time) {
      Event event = new Event(id, kind, time, time + random.nextLong(DELAY_MAX));
      arrivals.add(event);
      return event;
    }

    /** What must come of an id, by its two times. */
    private void settle(@Nullable Event order, @Nullable Event payment) {
      if (order != null && payment != null) {
        long distance = payment.time - order.time;
        String both = order.id + order.words() + payment.words();
        if (Math.abs(distance) <= WITHIN) {
          // As soon as the second of the two is there.
          Event second = order.arrival > payment.arrival ? order : payment;
          expect("PAID " + both, second.time);
          return;
        }
        if (distance > 0 && distance < REMEMBER) {
          expect("UNPAID " + order.id + order.words(), order.time + WITHIN);
          // With the order, if it is known already; otherwise when it comes.
          long givenUp = order.time + WITHIN;
          boolean known = watermarkAt(payment.arrival) <= givenUp;
          expect("PAID_LATE " + both, known ? givenUp : payment.time);
          return;
        }
      }
      if (order != null) {
        expect("UNPAID " + order.id + order.words(), order.time + WITHIN);
      }
      if (payment != null) {
        expect("PAYMENT_WITHOUT_ORDER " + payment.id + payment.words(), payment.time + WITHIN);
      }
    }

    private void expect(String line, long timestamp) {
      expected.add(new Expected(line, timestamp));
    }

    private static long watermarkAt(long arrival) {
      return arrival - DELAY_MAX;
    }

    TestStream<KV<String, OrderEvent>> stream() {
      TestStream.Builder<KV<String, OrderEvent>> stream = TestStream.create(CODER);
      for (Event event : arrivals) {
        stream =
            stream
                .advanceWatermarkTo(new Instant(watermarkAt(event.arrival)))
                .addElements(event.element());
      }
      return stream.advanceWatermarkToInfinity();
    }

    List<String> expectedOfStream() {
      return lines(each -> StreamCase.line(each.line, each.timestamp, "UNKNOWN#0"));
    }

    PTransform<PBegin, PCollection<KV<String, OrderEvent>>> files() {
      return Create.timestamped(arrivals.stream().map(Event::element).toList()).withCoder(CODER);
    }

    /** Without times: which of two events of a file comes first is left open. */
    List<String> expectedOfFiles() {
      return lines(Expected::line);
    }

    private List<String> lines(Function<Expected, String> toLine) {
      return expected.stream().map(toLine).toList();
    }
  }
}
