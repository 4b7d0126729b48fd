package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.io.IOException;

/**
 * Brings stored values from the coder that wrote them to another one. <i>Ownership:</i> any thread;
 * several tasks share it.
 */
public interface ValueMigration {
  /**
   * Reads one value, and no byte behind it, as the old coder wrote it, and appends it as the new
   * one writes it. For a state that is no cell: the whole value of one entry.
   */
  void migrate(ByteReader in, ByteWriter out) throws IOException;
}
