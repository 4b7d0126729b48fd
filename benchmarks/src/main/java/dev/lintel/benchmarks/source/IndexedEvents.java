package dev.lintel.benchmarks.source;

import java.io.Serializable;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.values.PCollection;

/**
 * Events that are a function of their index.
 *
 * <p><b>Contract.</b> Both functions give the same for the same index in every JVM, may be called
 * by several threads at once, and timestamps never fall as the index grows.
 */
public interface IndexedEvents<T> extends Serializable {

  T at(long index);

  /** The timestamp of the event. */
  long millisAt(long index);

  Coder<T> coder();

  /** About what one takes when encoded; runners split sources by size. */
  int bytesEach();

  /** Whether a pipeline is told that its input has an end. */
  enum Mode {
    BOUNDED,
    UNBOUNDED
  }

  /** Adds a read of the first {@code count} events. */
  default PCollection<T> read(Pipeline pipeline, long count, Mode mode) {
    return mode == Mode.BOUNDED
        ? pipeline.apply("Events", Read.from(new BoundedEvents<>(this, 0, count)))
        : pipeline.apply("Events", Read.from(UnboundedEvents.upTo(this, count)));
  }
}
