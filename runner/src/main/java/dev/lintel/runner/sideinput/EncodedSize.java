package dev.lintel.runner.sideinput;

import java.io.OutputStream;
import org.apache.beam.sdk.util.common.ElementByteSizeObserver;

/**
 * Measures the encoded size of elements and keeps nothing of what is encoded. <i>Ownership:</i> one
 * thread.
 */
final class EncodedSize {
  private final ElementCodec codec;
  private final Observed observed = new Observed();
  private final Counted counted = new Counted();

  EncodedSize(ElementCodec codec) {
    this.codec = codec;
  }

  long of(Object element) {
    if (codec.coder().isRegisterByteSizeObserverCheap(element)) {
      observed.bytes = 0;
      try {
        codec.coder().registerByteSizeObserver(element, observed);
      } catch (Exception e) {
        // The coder has to encode the element one day: it fails with a better message then.
        return encodedSize(element);
      }
      observed.advance();
      if (observed.bytes > 0) {
        return observed.bytes;
      }
    }
    return encodedSize(element);
  }

  private long encodedSize(Object element) {
    counted.bytes = 0;
    codec.encode(element, counted);
    return counted.bytes;
  }

  private static final class Observed extends ElementByteSizeObserver {
    private long bytes;

    @Override
    protected void reportElementSize(long elementByteSize) {
      bytes += elementByteSize;
    }
  }

  private static final class Counted extends OutputStream {
    private long bytes;

    @Override
    public void write(int value) {
      bytes++;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes += length;
    }
  }
}
