package dev.lintel.runner;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** Where checkpoints go. Apart from the other options because of {@link ContestedOptions}. */
@Description("The folder of the LintelRunner's checkpoints.")
public interface CheckpointDirOptions extends PipelineOptions {
  @Description(
      "The folder, in any file system that Beam knows, in which a job keeps its checkpoints, below the job's"
          + " name (--jobName, or the application's name). A job that is started with the same folder and"
          + " name goes on from its last checkpoint. Default: a temporary one for each run, which survives"
          + " failures of the pipeline, but not of the process.")
  @Nullable String getCheckpointDir();

  void setCheckpointDir(@Nullable String value);
}
