package dev.lintel.examples;

import java.io.Serializable;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * What happens to an order: it is placed or paid. One type for both streams, because a ParDo has
 * one input.
 *
 * @param detail of an order: what it costs; of a payment: the means
 */
@DefaultCoder(SerializableCoder.class)
record OrderEvent(Kind kind, String detail) implements Serializable {
  enum Kind {
    ORDER,
    PAYMENT
  }
}
