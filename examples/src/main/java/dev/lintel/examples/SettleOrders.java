package dev.lintel.examples;

import java.io.Serializable;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Joins orders and payments by the order's id: the outputs are those of {@link OrderOutcome}.
 *
 * <p>An order and a payment belong together if there is no more than {@code payWithin} between
 * their times. Each waits so long for the other; then it is given up. An order that was given up is
 * remembered for {@code remember} after its own time, in order to tell a late payment from one that
 * has no order at all.
 *
 * <p>An order and a payment that were on time (not behind the watermark) have the same outcome in
 * whatever order they come: nothing is given up before the watermark has passed its time.
 */
final class SettleOrders extends PTransform<PCollection<KV<String, OrderEvent>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  private final Duration payWithin;
  private final Duration remember;

  SettleOrders(Duration payWithin, Duration remember) {
    this.payWithin = payWithin;
    this.remember = remember;
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, OrderEvent>> events) {
    return events.apply(
        "Settle",
        ParDo.of(new Settle(payWithin, remember))
            .withOutputTags(OrderOutcome.PAID.tag(), OrderOutcome.sideOutputs()));
  }

  /** An order or a payment, as it is kept until its id is settled. */
  private record Arrival(Instant time, String detail) implements Serializable {}

  /**
   * What is known of an id.
   *
   * @param givenUp whether the order has been reported as unpaid
   */
  private record Known(@Nullable Arrival order, @Nullable Arrival payment, boolean givenUp)
      implements Serializable {
    static final Known NOTHING = new Known(null, null, false);

    /** Whether the payment is to be given up before the order: the earlier one is. */
    boolean isPaymentFirst() {
      return payment != null && (order == null || payment.time().isBefore(order.time()));
    }
  }

  /**
   * The life of an id: nothing is known; something waits; the order is given up; nothing is known.
   * In the global window, where this runs, no window ends and clears state: as long as an id has
   * some, its timer is set, and when nothing is left to wait for, both are cleared.
   */
  private static final class Settle extends DoFn<KV<String, OrderEvent>, String> {
    private static final long serialVersionUID = 1L;
    private static final String KNOWN = "known";
    private static final String DUE = "due";

    private final Duration payWithin;
    private final Duration remember;

    @StateId(KNOWN)
    private final StateSpec<ValueState<Known>> knownSpec =
        StateSpecs.value(SerializableCoder.of(Known.class));

    @TimerId(DUE)
    private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    Settle(Duration payWithin, Duration remember) {
      this.payWithin = payWithin;
      this.remember = remember;
    }

    @ProcessElement
    public void process(
        @Element KV<String, OrderEvent> event,
        @Timestamp Instant time,
        @StateId(KNOWN) ValueState<Known> state,
        @TimerId(DUE) Timer due,
        MultiOutputReceiver outcomes) {
      String id = event.getKey();
      Arrival arrived = new Arrival(time, event.getValue().detail());
      Known known = read(state);
      Known next;
      if (event.getValue().kind() == OrderEvent.Kind.ORDER) {
        if (known.order() != null && !known.givenUp()) {
          report(OrderOutcome.DUPLICATE, describe(id, arrived, null), outcomes);
          return;
        }
        // An id that is used again after its order was given up begins anew.
        next = new Known(arrived, known.payment(), false);
      } else {
        if (known.payment() != null) {
          report(OrderOutcome.DUPLICATE, describe(id, null, arrived), outcomes);
          return;
        }
        next = new Known(known.order(), arrived, known.givenUp());
      }
      settle(id, next, state, due, outcomes);
    }

    /** The watermark has passed the time until which the id had to wait. */
    @OnTimer(DUE)
    public void giveUp(
        @Key String id,
        @StateId(KNOWN) ValueState<Known> state,
        @TimerId(DUE) Timer due,
        MultiOutputReceiver outcomes) {
      Known known = read(state);
      Arrival order = known.order();
      Known next;
      if (known.isPaymentFirst()) {
        report(OrderOutcome.PAYMENT_WITHOUT_ORDER, describe(id, null, known.payment()), outcomes);
        next = new Known(order, null, false);
      } else if (order != null && !known.givenUp()) {
        report(OrderOutcome.UNPAID, describe(id, order, null), outcomes);
        next = new Known(order, known.payment(), true);
      } else {
        next = new Known(null, known.payment(), false);
      }
      settle(id, next, state, due, outcomes);
    }

    /** Reports what can be said of an id now; for the rest, it waits. */
    private void settle(
        String id, Known known, ValueState<Known> state, Timer due, MultiOutputReceiver outcomes) {
      Arrival order = known.order();
      Arrival payment = known.payment();
      if (order != null && payment != null) {
        Duration between = new Duration(order.time(), payment.time());
        if (!known.givenUp() && !between.abs().isLongerThan(payWithin)) {
          report(OrderOutcome.PAID, describe(id, order, payment), outcomes);
          known = Known.NOTHING;
        } else if (known.givenUp() && between.isShorterThan(remember)) {
          report(OrderOutcome.PAID_LATE, describe(id, order, payment), outcomes);
          known = Known.NOTHING;
        }
      }
      waitOn(known, state, due);
    }

    private void waitOn(Known known, ValueState<Known> state, Timer due) {
      Arrival order = known.order();
      Arrival payment = known.payment();
      if (payment != null && known.isPaymentFirst()) {
        state.write(known);
        due.set(payment.time().plus(payWithin));
      } else if (order != null) {
        state.write(known);
        due.set(order.time().plus(known.givenUp() ? remember : payWithin));
      } else {
        // Nothing is left to wait for, and nothing of the id may stay.
        state.clear();
        due.clear();
      }
    }

    private static Known read(ValueState<Known> state) {
      Known known = state.read();
      return known == null ? Known.NOTHING : known;
    }

    private static void report(OrderOutcome outcome, String line, MultiOutputReceiver outcomes) {
      outcomes.get(outcome.tag()).output(line);
    }

    private static String describe(String id, @Nullable Arrival order, @Nullable Arrival payment) {
      StringBuilder line = new StringBuilder(id);
      if (order != null) {
        line.append(' ').append(order.detail());
        line.append(" ordered ").append(EventLine.format(order.time()));
      }
      if (payment != null) {
        line.append(" paid ").append(EventLine.format(payment.time()));
        line.append(" by ").append(payment.detail());
      }
      return line.toString();
    }
  }
}
