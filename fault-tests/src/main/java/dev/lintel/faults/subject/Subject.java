package dev.lintel.faults.subject;

import dev.lintel.faults.outcome.Effects;
import dev.lintel.faults.process.PipelineProcess;
import dev.lintel.faults.process.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is put to the test: a pipeline with its input, which goes on all the time, and its output.
 *
 * <p><i>Ownership:</i> one thread.
 */
public interface Subject extends AutoCloseable {
  /** How a user starts it. */
  PipelineProcess.Command command();

  /** Where the pipeline can be halted. */
  List<Place> places();

  /** Begins to produce the input. */
  void begin();

  /**
   * Waits until the process has processed an element that was not there before it was started.
   *
   * @return null if it has ended, or has not got there in time
   */
  @Nullable Recovery awaitNewElement(PipelineProcess process, long millis) throws Exception;

  /**
   * What a process has needed to get to its first new element.
   *
   * @param millis since its start
   * @param cpuMillis of CPU time; -1 if that is not known
   */
  record Recovery(long millis, long cpuMillis) {}

  /** Ends the input, and waits until the process has done with it, or is not going to. */
  void awaitAllDone(PipelineProcess process, long millis) throws Exception;

  /** Compares all that came out, when no process runs any more. */
  Effects.Comparison compare() throws Exception;

  @Override
  void close() throws Exception;
}
