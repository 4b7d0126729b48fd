package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Query 0: every event as it is, which tells what the rest costs. (Beam's suite sends each through
 * its coder here; this one does not.)
 */
final class PassThrough extends Query<Event> {
  private static final long serialVersionUID = 1L;

  PassThrough() {
    super(0, "pass through", Outcome.EACH);
  }

  @Override
  PCollection<Event> results(PCollection<Event> events) {
    return events.apply("Pass", ParDo.of(new PassFn())).setCoder(Event.CODER);
  }

  @Override
  void model(Iterable<Event> events, Results<? super Event> results) {
    events.forEach(event -> results.add(event, event.millis()));
  }

  @Override
  long digest(Event value, long millis) {
    return Chance.mix(value.digest(), millis);
  }

  private static final class PassFn extends DoFn<Event, Event> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Event event, OutputReceiver<Event> output) {
      output.output(event);
    }
  }
}
