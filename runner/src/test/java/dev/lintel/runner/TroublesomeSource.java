package dev.lintel.runner;

import dev.lintel.runner.TroublesomeFn.Trouble;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.KV;

/** Gives numbers by key; endless if the pipeline is to be cancelled. Counts its readers. */
final class TroublesomeSource extends BoundedSource<KV<String, Long>> {
  static final AtomicInteger OPENED = new AtomicInteger();
  static final AtomicInteger CLOSED = new AtomicInteger();

  private static final long ELEMENTS = 200;
  private static final int KEYS = 20;

  private final Trouble trouble;

  TroublesomeSource(Trouble trouble) {
    this.trouble = trouble;
  }

  @Override
  public List<? extends BoundedSource<KV<String, Long>>> split(
      long bytes, PipelineOptions options) {
    trouble.at(Trouble.SPLIT);
    return List.of(this, new TroublesomeSource(trouble));
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return 1_000;
  }

  @Override
  public BoundedReader<KV<String, Long>> createReader(PipelineOptions options) {
    trouble.at(Trouble.CREATE_READER);
    OPENED.incrementAndGet();
    return new Reader();
  }

  @Override
  public Coder<KV<String, Long>> getOutputCoder() {
    return TroublesomeCoder.keyed(trouble);
  }

  private final class Reader extends BoundedReader<KV<String, Long>> {
    private long count;

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      count++;
      if (count > ELEMENTS / 2) {
        trouble.at(Trouble.READER);
      }
      return count <= ELEMENTS || trouble.end() == State.CANCELLED;
    }

    @Override
    public KV<String, Long> getCurrent() throws NoSuchElementException {
      return KV.of("key " + count % KEYS, count);
    }

    @Override
    public void close() {
      CLOSED.incrementAndGet();
      trouble.at(Trouble.CLOSE_READER);
    }

    @Override
    public BoundedSource<KV<String, Long>> getCurrentSource() {
      return TroublesomeSource.this;
    }
  }
}
