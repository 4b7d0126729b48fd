package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Event;
import dev.lintel.validates.differential.spec.Op;
import dev.lintel.validates.differential.spec.ScriptStep;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Builds the sources of a pipeline. */
final class Sources {
  private static final int SEQUENCE_KEYS = 3;

  private Sources() {}

  static PCollection<KV<String, Long>> apply(
      Pipeline pipeline, String name, Op.Source source, long unitMillis) {
    if (source instanceof Op.Script script) {
      return pipeline.apply(name, testStream(script, unitMillis));
    } else if (source instanceof Op.Sequence sequence) {
      return pipeline
          .apply(name, GenerateSequence.from(0).to(sequence.n()))
          .apply(name + "-times", WithTimestamps.of(i -> new Instant(i * unitMillis)))
          .apply(name + "-keys", ParDo.of(new KeyNumbers()));
    } else if (source instanceof Op.Read read) {
      return read(pipeline, name, read, unitMillis);
    }
    return PCollectionList.<KV<String, Long>>empty(pipeline)
        .apply(name, Flatten.<KV<String, Long>>pCollections())
        .setCoder(PipelineBuilder.CODER);
  }

  private static PCollection<KV<String, Long>> read(
      Pipeline pipeline, String name, Op.Read read, long unitMillis) {
    List<List<Event>> parts = read.parts();
    return switch (read.kind()) {
      case CREATE ->
          pipeline.apply(
              name,
              Create.timestamped(timestamped(read.events().toList(), unitMillis))
                  .withCoder(PipelineBuilder.CODER));
      case BOUNDED_SOURCE -> pipeline.apply(name, Read.from(new PartsSource(parts, unitMillis)));
      case UNBOUNDED_SOURCE -> pipeline.apply(name, Read.from(new EndingSource(parts, unitMillis)));
    };
  }

  private static TestStream<KV<String, Long>> testStream(Op.Script script, long unitMillis) {
    TestStream.Builder<KV<String, Long>> stream = TestStream.create(PipelineBuilder.CODER);
    for (ScriptStep step : script.steps()) {
      if (step instanceof ScriptStep.Watermark watermark) {
        stream = stream.advanceWatermarkTo(new Instant(watermark.time() * unitMillis));
      } else if (step instanceof ScriptStep.ProcessingTime time) {
        stream = stream.advanceProcessingTime(Duration.millis(time.duration() * unitMillis));
      } else if (step instanceof ScriptStep.Add add) {
        stream = add(stream, timestamped(add.events(), unitMillis));
      }
    }
    return stream.advanceWatermarkToInfinity();
  }

  /** The elements of one step are one bundle. */
  @SuppressWarnings("unchecked") // an array of one generic type, as TestStream wants it
  private static TestStream.Builder<KV<String, Long>> add(
      TestStream.Builder<KV<String, Long>> stream,
      List<TimestampedValue<KV<String, Long>>> elements) {
    if (elements.isEmpty()) {
      return stream;
    }
    return stream.addElements(
        elements.get(0), elements.stream().skip(1).toArray(TimestampedValue[]::new));
  }

  private static List<TimestampedValue<KV<String, Long>>> timestamped(
      List<Event> events, long unitMillis) {
    List<TimestampedValue<KV<String, Long>>> elements = new ArrayList<>();
    for (Event event : events) {
      elements.add(
          TimestampedValue.of(
              KV.of(event.key(), event.value()), new Instant(event.time() * unitMillis)));
    }
    return elements;
  }

  private static final class KeyNumbers extends DoFn<Long, KV<String, Long>> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of("s" + number % SEQUENCE_KEYS, number));
    }
  }
}
