package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/** Who sells nearby, and what. */
record LocalItem(String name, String city, String state, long auction) {
  static final Coder<LocalItem> CODER = new LocalItemCoder();

  long digest() {
    return Chance.mix(Chance.mix(name.hashCode(), city.hashCode(), state.hashCode()), auction);
  }

  private static final class LocalItemCoder extends Wire<LocalItem> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(LocalItem item, OutputStream out) throws IOException {
      text(item.name, out);
      text(item.city, out);
      text(item.state, out);
      number(item.auction, out);
    }

    @Override
    public LocalItem decode(InputStream in) throws IOException {
      return new LocalItem(text(in), text(in), text(in), number(in));
    }
  }
}
