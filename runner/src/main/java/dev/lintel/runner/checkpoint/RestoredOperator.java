package dev.lintel.runner.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * What an operator gave to {@link OperatorSnapshot}, as far as it is this slot's now.
 *
 * @param parts in no certain order
 * @param partsOfAllSlots these parts and those of the other slots, in no certain order: for
 *     operators that tell by the part itself which slot is to look after it
 * @param files of all slots
 */
public record RestoredOperator(List<byte[]> parts, List<byte[]> partsOfAllSlots, List<File> files) {
  /** Of an operator that has one slot. */
  public RestoredOperator(List<byte[]> parts, List<File> files) {
    this(parts, parts, files);
  }

  /** A file that was given to {@link OperatorSnapshot#file}. */
  public interface File {
    String name();

    /**
     * @throws IOException if it can't be read, or is not what was stored
     */
    InputStream open() throws IOException;
  }
}
