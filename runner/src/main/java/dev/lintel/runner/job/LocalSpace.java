package dev.lintel.runner.job;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.task.Closing;
import dev.lintel.state.StateBackend;

/**
 * Where a job keeps what memory has no room for.
 *
 * @param backend for durable state
 * @param spill for what need not outlive the job
 * @param folder of everything on disk
 */
public record LocalSpace(StateBackend backend, SpillSpace spill, RunFolder folder)
    implements AutoCloseable {
  @Override
  public void close() {
    Closing closing = new Closing();
    closing.run(spill.directory()::close);
    closing.run(backend::close);
    closing.run(folder::close);
    closing.throwFirst();
  }
}
