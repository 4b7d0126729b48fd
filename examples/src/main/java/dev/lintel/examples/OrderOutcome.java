package dev.lintel.examples;

import java.util.Locale;
import java.util.stream.Stream;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/** What {@link SettleOrders} finds. Each outcome is an output of its own. */
enum OrderOutcome {
  /** The order was paid in time. */
  PAID,
  /** There was no payment when the time for it was over. */
  UNPAID,
  /**
   * The payment came when the order had been given up as unpaid, which has been reported before.
   * Either it was made too late, or it was made in time and its record came too late: both times
   * are in the line. Somebody has to decide whether the money goes back.
   */
  PAID_LATE,
  /** Nobody has placed such an order, or so long ago that it is forgotten. */
  PAYMENT_WITHOUT_ORDER,
  /**
   * A second order or payment of an id whose first one still waits: which of the two is the second
   * is a matter of which came later. It changes nothing, but must not be lost.
   */
  DUPLICATE;

  // A tag is known by its id, which must be the same in all processes.
  private final TupleTag<String> tag = new TupleTag<>(name()) {};

  TupleTag<String> tag() {
    return tag;
  }

  /** The outcome as it stands in the names of files: {@code paid-late}. */
  String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The outputs besides the main one, which is {@link #PAID}. */
  static TupleTagList sideOutputs() {
    return TupleTagList.of(
        Stream.of(values()).skip(1).<TupleTag<?>>map(OrderOutcome::tag).toList());
  }
}
