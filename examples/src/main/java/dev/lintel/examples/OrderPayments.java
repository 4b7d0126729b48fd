package dev.lintel.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * Which orders were paid in time, which were not, and for which payments is there no order? The
 * {@code order-payments} example.
 *
 * <p>Orders come from the shop, payments from the bank: two streams, which meet in the id of the
 * order. Either may be first, and either may never come.
 *
 * <p><b>The idea of Beam that it shows: state waits, and a timer gives up.</b> An answer such as
 * "not paid" comes of something that does <i>not</i> happen, so no element can give it. {@link
 * SettleOrders} keeps what has come of an order in state, and sets a timer in event time: it fires
 * when the watermark says that everything up to then has been seen, in both streams. So the answer
 * depends on the times in the data only, and neither on the speed of the two streams nor on the
 * hour at which the pipeline runs. (A join by windows and {@code CoGroupByKey} can't say this: an
 * order of 23:59 and its payment of 00:01 are in different windows.)
 *
 * <pre>{@code
 * ./lintel example order-payments --ordersFile=examples/data/orders.txt \
 *     --paymentsFile=examples/data/payments.txt --output=/tmp/payments/orders
 * cat /tmp/payments/orders.unpaid-*
 * }</pre>
 *
 * <p>{@link OrderOutcome} says which files there are. {@code orders.paid-00000-of-00001} and its
 * like have lines such as
 *
 * <pre>order-1 49.90 ordered 2026-01-31T12:00:00Z paid 2026-01-31T12:04:30Z by card</pre>
 */
public final class OrderPayments {
  private OrderPayments() {}

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description(
        "The text files of orders: a path or a pattern. Each line is a time such as"
            + " 2026-01-31T12:00:00Z, the id of an order and what it costs.")
    @Validation.Required
    String getOrdersFile();

    void setOrdersFile(String value);

    @Description(
        "The text files of payments: a path or a pattern. Each line is a time, the id of an order"
            + " and the means of payment.")
    @Validation.Required
    String getPaymentsFile();

    void setPaymentsFile(String value);

    @Description(
        "Where to write: the files are called OUTPUT.paid-00000-of-00003 and so on. Lines that"
            + " can't be understood go to OUTPUT.bad-orders-* and OUTPUT.bad-payments-*.")
    @Validation.Required
    String getOutput();

    void setOutput(String value);

    @Description(
        "For how many minutes an order waits for its payment, and a payment for its order.")
    @Default.Integer(15)
    int getPayWithinMinutes();

    void setPayWithinMinutes(int value);

    @Description(
        "For how many minutes an order that was not paid in time is remembered, so that a payment"
            + " that is late is known to be late.")
    @Default.Integer(24 * 60)
    int getRememberMinutes();

    void setRememberMinutes(int value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    InputFiles.check("ordersFile", options.getOrdersFile());
    InputFiles.check("paymentsFile", options.getPaymentsFile());
    int payWithin = OptionChecks.atLeast(1, "payWithinMinutes", options.getPayWithinMinutes());
    int remember = OptionChecks.atLeast(payWithin, "rememberMinutes", options.getRememberMinutes());
    String output = options.getOutput();
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<String, OrderEvent>> orders =
        pipeline
            .apply("ReadOrders", new ReadEvents(options.getOrdersFile(), output + ".bad-orders"))
            .apply("TagOrders", tag(OrderEvent.Kind.ORDER));
    PCollection<KV<String, OrderEvent>> payments =
        pipeline
            .apply(
                "ReadPayments", new ReadEvents(options.getPaymentsFile(), output + ".bad-payments"))
            .apply("TagPayments", tag(OrderEvent.Kind.PAYMENT));
    PCollectionTuple outcomes =
        PCollectionList.of(orders)
            .and(payments)
            .apply("BringTogether", Flatten.pCollections())
            .apply(
                "SettleOrders",
                new SettleOrders(
                    Duration.standardMinutes(payWithin), Duration.standardMinutes(remember)));
    for (OrderOutcome outcome : OrderOutcome.values()) {
      outcomes
          .get(outcome.tag())
          .apply("Write " + outcome, TextIO.write().to(output + "." + outcome.fileName()));
    }
    pipeline.run().waitUntilFinish();
  }

  private static MapElements<KV<String, String>, KV<String, OrderEvent>> tag(OrderEvent.Kind kind) {
    return MapElements.into(
            TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptor.of(OrderEvent.class)))
        .via(event -> KV.of(event.getKey(), new OrderEvent(kind, event.getValue())));
  }
}
