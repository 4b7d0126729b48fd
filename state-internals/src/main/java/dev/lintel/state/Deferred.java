package dev.lintel.state;

import java.util.function.Supplier;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/** A read that is made when it is asked for, each time anew. */
record Deferred<T extends @Nullable Object>(Supplier<T> source) implements ReadableState<T> {
  @Override
  public T read() {
    return source.get();
  }

  @Override
  public ReadableState<T> readLater() {
    return this;
  }
}
