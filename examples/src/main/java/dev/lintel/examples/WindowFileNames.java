package dev.lintel.examples;

import org.apache.beam.sdk.io.FileBasedSink;
import org.apache.beam.sdk.io.FileBasedSink.FilenamePolicy;
import org.apache.beam.sdk.io.FileBasedSink.OutputFileHints;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.jspecify.annotations.Nullable;

/**
 * Names output files by the beginning of their window: {@code PREFIX-2026-01-31T12-00-00.000Z-*}.
 */
final class WindowFileNames extends FilenamePolicy {
  private static final long serialVersionUID = 1L;

  private final String prefix;

  WindowFileNames(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public ResourceId windowedFilename(
      int shard, int shards, BoundedWindow window, PaneInfo pane, OutputFileHints hints) {
    // Colons have a meaning of their own in the paths of some file systems.
    String begin = ((IntervalWindow) window).start().toString().replace(':', '-');
    ResourceId base = FileBasedSink.convertToFileResourceIfPossible(prefix);
    String name = String.format("%s-%s-%05d-of-%05d", base.getFilename(), begin, shard, shards);
    return base.getCurrentDirectory().resolve(name, StandardResolveOptions.RESOLVE_FILE);
  }

  @Override
  public @Nullable ResourceId unwindowedFilename(int shard, int shards, OutputFileHints hints) {
    throw new UnsupportedOperationException(
        "Expected windowed writes, but was asked for a file without a window (--output="
            + prefix
            + ")");
  }
}
