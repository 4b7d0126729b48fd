package dev.lintel.runner.grouping;

import dev.lintel.state.layout.ByteWriter;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Estimates what objects of one coder take on the heap. Of most kinds it encodes one of {@value
 * #SAMPLE_EVERY} and takes the running average (an eighth new, seven eighths old) for all; the
 * larger they are the less often, so that a byte of the estimate costs the same. Byte arrays and
 * strings tell their size.
 */
public final class SizeEstimate {
  private static final int SAMPLE_EVERY = 16;

  /** For so many encoded bytes one more object goes by before the next is encoded. */
  private static final int BYTES_PER_SKIP = 64;

  /** A decoded object is taken for so many times its encoded size… */
  private static final int DECODED_FACTOR = 2;

  /** …plus this, for its header and the reference to it. */
  private static final int DECODED_OVERHEAD_BYTES = 24;

  private static final int STRING_OVERHEAD_BYTES = 48;

  private final Coder<Object> coder;
  private final ByteWriter buffer = new ByteWriter();
  private long averageBytes = -1;
  private int untilSample;

  public SizeEstimate(Coder<Object> coder) {
    this.coder = coder;
  }

  /** The size of an object. */
  @SuppressWarnings("NullAway") // A coder of nullable values takes null.
  long of(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return bytes.length + DECODED_OVERHEAD_BYTES;
    }
    if (value instanceof String text) {
      return text.length() + STRING_OVERHEAD_BYTES;
    }
    observe(value);
    return averageBytes;
  }

  /** Lets an object of any kind count for the average, if it is its turn to be encoded. */
  public void observe(@Nullable Object value) {
    if (--untilSample < 0) {
      sample(value);
    }
  }

  @SuppressWarnings("NullAway")
  private void sample(@Nullable Object value) {
    Coding.encode(coder, value, buffer.reset());
    long sampled = (long) buffer.size() * DECODED_FACTOR + DECODED_OVERHEAD_BYTES;
    averageBytes = averageBytes < 0 ? sampled : averageBytes + (sampled - averageBytes) / 8;
    untilSample = SAMPLE_EVERY + buffer.size() / BYTES_PER_SKIP;
  }

  /** The average of all that was sampled lately. */
  public long average() {
    return Math.max(0, averageBytes);
  }
}
