package dev.lintel.state;

import java.nio.file.Path;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateInternalsTest;
import org.junit.After;
import org.junit.Rule;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameter;
import org.junit.runners.Parameterized.Parameters;

/**
 * Beam's own suite against the RocksDB backend: with cells that stay in the cache, and with a cache
 * that holds nothing, so that every access goes to RocksDB.
 */
@RunWith(Parameterized.class)
public class RocksDbStateInternalsTest extends StateInternalsTest {
  @Parameters(name = "cache of {0} bytes")
  public static Object[] cacheBytes() {
    return new Object[] {1L << 20, 0L};
  }

  @Parameter public long cacheBytes;
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  private StateBackend backend;
  private TaskState task;

  @Override
  protected StateInternals createStateInternals() {
    Path directory = folder.getRoot().toPath().resolve("state");
    backend =
        new RocksDbStateBackend(directory, StateKit.STORE_BYTES, cacheBytes, System::nanoTime);
    task = StateKit.open(backend);
    KeyedStateInternals state = task.keyedState("transform", StateKit.NO_HOLDS);
    state.setCurrentKey(StateKit.key("dummy key"), "dummy key");
    return state;
  }

  @After
  public void close() {
    task.close();
    backend.close();
  }
}
