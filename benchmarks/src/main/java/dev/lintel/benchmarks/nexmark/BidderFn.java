package dev.lintel.benchmarks.nexmark;

import org.apache.beam.sdk.transforms.DoFn;

/** Who has made a bid. */
final class BidderFn extends DoFn<Bid, Long> {
  private static final long serialVersionUID = 1L;

  @ProcessElement
  public void process(@Element Bid bid, OutputReceiver<Long> output) {
    output.output(bid.bidder());
  }
}
