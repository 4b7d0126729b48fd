package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/** Somebody who has just registered and sells already. */
record NewSeller(long id, String name, long reserve) {
  static final Coder<NewSeller> CODER = new NewSellerCoder();

  long digest() {
    return Chance.mix(id, name.hashCode(), reserve);
  }

  private static final class NewSellerCoder extends Wire<NewSeller> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(NewSeller seller, OutputStream out) throws IOException {
      number(seller.id, out);
      text(seller.name, out);
      number(seller.reserve, out);
    }

    @Override
    public NewSeller decode(InputStream in) throws IOException {
      return new NewSeller(number(in), text(in), number(in));
    }
  }
}
