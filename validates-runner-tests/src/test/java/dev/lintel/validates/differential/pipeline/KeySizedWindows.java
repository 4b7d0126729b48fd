package dev.lintel.validates.differential.pipeline;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.IncompatibleWindowException;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Windows as a user writes them: those of the key "a" are twice as long as the others. */
final class KeySizedWindows extends NonMergingWindowFn<KV<String, Long>, IntervalWindow> {
  private final long sizeMillis;

  KeySizedWindows(long sizeMillis) {
    this.sizeMillis = sizeMillis;
  }

  @Override
  public Collection<IntervalWindow> assignWindows(
      WindowFn<KV<String, Long>, IntervalWindow>.AssignContext context) {
    long size = "a".equals(context.element().getKey()) ? 2 * sizeMillis : sizeMillis;
    long start = Math.floorDiv(context.timestamp().getMillis(), size) * size;
    return List.of(new IntervalWindow(new Instant(start), new Instant(start + size)));
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return equals(other);
  }

  @Override
  public void verifyCompatibility(WindowFn<?, ?> other) throws IncompatibleWindowException {
    if (!isCompatible(other)) {
      throw new IncompatibleWindowException(other, "Expected windows of the same size");
    }
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException("Not for side inputs: there is no key to choose by");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeySizedWindows windows && windows.sizeMillis == sizeMillis;
  }

  @Override
  public int hashCode() {
    return Objects.hash(sizeMillis);
  }
}
