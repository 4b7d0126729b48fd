package dev.lintel.faults.pipeline;

import dev.lintel.faults.input.Text;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Tells the rate that was valid at the time of an event. */
final class JoinRate extends DoFn<KV<String, String>, KV<String, String>> {
  private static final long serialVersionUID = 1L;

  static final String RATE = "rate";

  @ProcessElement
  public void process(
      @Element KV<String, String> event,
      @SideInput(RATE) String rate,
      OutputReceiver<KV<String, String>> results) {
    results.output(Result.rate(event.getKey(), Text.id(event.getValue()), Long.parseLong(rate)));
  }
}
