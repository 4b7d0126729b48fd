package dev.lintel.faults.subject;

import dev.lintel.faults.outcome.Effects;
import dev.lintel.faults.process.PipelineProcess;
import dev.lintel.faults.process.Place;
import java.util.List;

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
   * @return the age of the process then; -1 if it has ended, or has not got there in time
   */
  long awaitNewElement(PipelineProcess process, long millis) throws Exception;

  /** Ends the input, and waits until the process has done with it, or is not going to. */
  void awaitAllDone(PipelineProcess process, long millis) throws Exception;

  /** Compares all that came out, when no process runs any more. */
  Effects.Comparison compare() throws Exception;

  @Override
  void close() throws Exception;
}
