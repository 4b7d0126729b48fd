package dev.lintel.runner;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** How large bundles get. Apart from the other options because of {@link ContestedOptions}. */
@Description("The size of the LintelRunner's bundles.")
public interface BundleSizeOptions extends PipelineOptions {
  /** The default of {@link #getMaxBundleSize}. */
  int MAX_BUNDLE_SIZE = 10_000;

  @Description("A bundle ends after so many elements and timers, at the latest.")
  @Default.Integer(MAX_BUNDLE_SIZE)
  int getMaxBundleSize();

  void setMaxBundleSize(int value);
}
