package dev.lintel.benchmarks.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.util.VarInt;

/**
 * How far a split has been read.
 *
 * @param next the index of the first event that has not been
 */
record Position(long next) implements CheckpointMark {
  static final Coder<Position> CODER = new PositionCoder();

  /** There is nothing to release: events are made anew. */
  @Override
  public void finalizeCheckpoint() {}

  private static final class PositionCoder extends AtomicCoder<Position> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Position value, OutputStream out) throws IOException {
      VarInt.encode(value.next(), out);
    }

    @Override
    public Position decode(InputStream in) throws IOException {
      return new Position(VarInt.decodeLong(in));
    }
  }
}
