package dev.lintel.faults.pipeline;

import dev.lintel.faults.process.Halts;
import dev.lintel.faults.process.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/** Of a state cell, whose values are encoded when the cache is written to the store: not before. */
final class HaltingCoder extends AtomicCoder<Long> {
  private static final long serialVersionUID = 1L;

  private static final VarLongCoder LONGS = VarLongCoder.of();

  @Override
  public void encode(Long value, OutputStream out) throws IOException {
    Halts.at(Place.FLUSHING_CACHE);
    LONGS.encode(value, out);
  }

  @Override
  public Long decode(InputStream in) throws IOException {
    return LONGS.decode(in);
  }
}
