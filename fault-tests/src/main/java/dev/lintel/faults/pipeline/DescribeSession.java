package dev.lintel.faults.pipeline;

import dev.lintel.faults.input.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;

/** Tells which events a session has. */
final class DescribeSession extends DoFn<KV<String, Iterable<String>>, KV<String, String>> {
  private static final long serialVersionUID = 1L;

  @ProcessElement
  public void process(
      @Element KV<String, Iterable<String>> session,
      BoundedWindow window,
      OutputReceiver<KV<String, String>> results) {
    List<Long> ids = new ArrayList<>();
    session.getValue().forEach(event -> ids.add(Text.id(event)));
    Collections.sort(ids);
    long firstMillis = ((IntervalWindow) window).start().getMillis();
    results.output(Result.session(session.getKey(), firstMillis, ids));
  }
}
