package dev.lintel.runner;

import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.StreamingOptions;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@link LintelRunner}, with {@link BundleSizeOptions} and {@link
 * CheckpointDirOptions}. Each is checked before anything runs.
 *
 * <p>Users choose between runners on one class path, and Beam demands that what two interfaces call
 * the same has the same type and the same default in both. Options that {@code
 * FlinkPipelineOptions} has too are declared as there; {@link OptionValues} says what they mean
 * where they are not set.
 *
 * <p>Beam leaves it to runners whether a command line may have {@code --metricsSink} and its like:
 * {@link MetricsOptions}.
 */
@Description("Options of the LintelRunner.")
public interface LintelPipelineOptions
    extends CheckpointOptions, ApplicationNameOptions, MetricsOptions, StreamingOptions {

  @Description("How many slots run each stage. Default: the number of cores.")
  @Default.Integer(OptionValues.UNSET)
  Integer getParallelism();

  void setParallelism(Integer value);

  @Description(
      "The number of key groups: the most slots that the keyed state of this job can ever be spread over."
          + " It can't be changed for existing state. At least the parallelism, at most 32768. Default: that"
          + " of the checkpoint that the job goes on from, or 128.")
  @Default.Integer(OptionValues.UNSET)
  Integer getMaxParallelism();

  void setMaxParallelism(Integer value);

  @Description("A bundle ends after so many milliseconds, at the latest.")
  @Default.Long(100)
  long getMaxBundleTimeMillis();

  void setMaxBundleTimeMillis(long value);

  @Description(
      "A split of an unbounded source that has given no element for so many milliseconds does not keep"
          + " the watermark back until it gives one again, which may then be late. 0: never.")
  @Default.Long(0)
  long getIdleSourceTimeoutMillis();

  void setIdleSourceTimeoutMillis(long value);

  @Description(
      "Where state and timers are kept: rocksdb (may be larger than memory) or heap (for tests and small"
          + " jobs). Default: rocksdb.")
  @Nullable String getStateBackend();

  void setStateBackend(@Nullable String value);

  @Description(
      "The memory in MiB that the state of all tasks of the process shares: RocksDB's caches and write"
          + " buffers, and the cache of decoded values. Groupings of bounded input together hold as much"
          + " again on the heap before they write to disk; stateful DoFns over bounded input set aside on"
          + " disk, without checkpoints, the elements of keys that don't fit. Default: a quarter of"
          + " the largest heap of the JVM (-Xmx).")
  @Default.InstanceFactory(QuarterOfHeap.class)
  int getStateMemoryMiB();

  void setStateMemoryMiB(int value);

  @Description(
      "The folder in which running jobs keep their state, and what is too large for memory. Default: new"
          + " ones in the system's temporary folder. What is in it is removed when the job ends.")
  @Nullable String getStateDirectory();

  void setStateDirectory(@Nullable String value);

  @Description(
      "How many milliseconds a job that is cancelled or has failed waits for its tasks to end. One that"
          + " does not by then (user code that reacts to no interrupt) is given up: the job ends with an"
          + " error that names it and shows its stack.")
  @Default.Long(30_000)
  long getCancelTimeoutMillis();

  void setCancelTimeoutMillis(long value);

  @Description(
      "Whether run() waits for the pipeline to finish, as DirectRunner does. If false, run() returns at once.")
  @Default.Boolean(true)
  boolean isBlockOnRun();

  void setBlockOnRun(boolean value);

  @Description(
      "The port on the loopback address where the running job takes requests of the command line (status,"
          + " savepoint, stop, drain, cancel); 0: any that is free, -1: none. Default: 0 where checkpoints"
          + " are taken, -1 elsewhere.")
  @Nullable Integer getControlPort();

  void setControlPort(@Nullable Integer value);

  @Description(
      "The folder with the files by which the command line finds running jobs. Only the user may have"
          + " access to it. Default: lintel-control-USER in the system's temporary folder.")
  @Nullable String getControlDirectory();

  void setControlDirectory(@Nullable String value);

  @Description("Print the execution plan (stages, exchanges, operators, coders) and run nothing.")
  @Default.Boolean(false)
  boolean isDryRun();

  void setDryRun(boolean value);

  /** Default of {@link #getStateMemoryMiB}. */
  class QuarterOfHeap implements DefaultValueFactory<Integer> {
    @Override
    public Integer create(PipelineOptions options) {
      return (int)
          Math.max(OptionChecks.STATE_MEMORY_MIB_MIN, Runtime.getRuntime().maxMemory() >> 22);
    }
  }
}
