package dev.lintel.runner.job;

import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.state.StateBackend;

/**
 * Where a job keeps what memory has no room for.
 *
 * @param backend for durable state
 * @param spill for what need not outlive the job
 */
public record LocalSpace(StateBackend backend, SpillSpace spill) implements AutoCloseable {
  @Override
  public void close() {
    try {
      spill.directory().close();
    } finally {
      backend.close();
    }
  }
}
