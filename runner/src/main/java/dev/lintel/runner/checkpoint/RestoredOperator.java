package dev.lintel.runner.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * What an operator gave to {@link OperatorSnapshot}, as far as it is this slot's now.
 *
 * @param parts in no certain order
 * @param files of all slots
 */
public record RestoredOperator(List<byte[]> parts, List<File> files) {
  /** A file that was given to {@link OperatorSnapshot#file}. */
  public interface File {
    String name();

    /**
     * @throws IOException if it can't be read, or is not what was stored
     */
    InputStream open() throws IOException;
  }
}
