package dev.lintel.state;

import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateInternalsTest;
import org.junit.After;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** Beam's own suite against the heap backend. */
@RunWith(JUnit4.class)
public class HeapStateInternalsTest extends StateInternalsTest {
  private final StateBackend backend = new HeapStateBackend();
  private final TaskState task = StateKit.open(backend);

  @Override
  protected StateInternals createStateInternals() {
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
