package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.KV;

/** A query whose results are a number for a number: a price of a category, say. */
abstract class KeyedQuery extends Query<KV<Long, Long>> {
  private static final long serialVersionUID = 1L;
  static final KvCoder<Long, Long> CODER = KvCoder.of(VarLongCoder.of(), VarLongCoder.of());

  KeyedQuery(int number, String title, Outcome outcome) {
    super(number, title, outcome);
  }

  /** Adding up the digests of a key's sums gives the digest of the key's whole sum. */
  @Override
  final long digest(KV<Long, Long> value, long millis) {
    return outcome() == Outcome.SUM
        ? Chance.mix(value.getKey()) * value.getValue()
        : Chance.mix(value.getKey(), value.getValue(), millis);
  }
}
