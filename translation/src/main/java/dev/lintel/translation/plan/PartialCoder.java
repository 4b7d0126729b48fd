package dev.lintel.translation.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StructuredCoder;

/** Values and {@link Partial}s: {@code 0, value} or {@code 1, accumulator}. */
public final class PartialCoder extends StructuredCoder<Object> {
  private static final long serialVersionUID = 1L;
  private static final int VALUE = 0;
  private static final int PARTIAL = 1;

  private final Coder<Object> valueCoder;
  private final Coder<Object> accumulatorCoder;

  @SuppressWarnings("unchecked")
  public PartialCoder(Coder<?> valueCoder, Coder<?> accumulatorCoder) {
    this.valueCoder = (Coder<Object>) valueCoder;
    this.accumulatorCoder = (Coder<Object>) accumulatorCoder;
  }

  @Override
  @SuppressWarnings("NullAway") // A coder of nullable accumulators takes null.
  public void encode(Object value, OutputStream out) throws IOException {
    if (value instanceof Partial partial) {
      out.write(PARTIAL);
      accumulatorCoder.encode(partial.accumulator(), out);
    } else {
      out.write(VALUE);
      valueCoder.encode(value, out);
    }
  }

  @Override
  public Object decode(InputStream in) throws IOException {
    int kind = in.read();
    return switch (kind) {
      case VALUE -> valueCoder.decode(in);
      case PARTIAL -> new Partial(accumulatorCoder.decode(in));
      default ->
          throw new CoderException(
              "Expected a value (0) or a partial accumulator (1), but found kind " + kind);
    };
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(valueCoder, accumulatorCoder);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    throw new NonDeterministicException(this, "how values are combined differs between runs");
  }
}
