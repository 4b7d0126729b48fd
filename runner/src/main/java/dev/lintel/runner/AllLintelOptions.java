package dev.lintel.runner;

import org.apache.beam.sdk.options.Description;

/**
 * All options of {@link LintelRunner} in one interface, which is registered where no other runner
 * has the name of one of them: see {@link ContestedOptions}. Code that sets options does better
 * with {@link LintelPipelineOptions} and the others, which it can always use.
 */
@Description("Options of the LintelRunner.")
public interface AllLintelOptions
    extends LintelPipelineOptions, CheckpointDirOptions, BundleSizeOptions {}
