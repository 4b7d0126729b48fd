package dev.lintel.runner;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * The options that say how a job survives failures, with {@link CheckpointDirOptions}. Each is
 * checked before anything runs.
 */
@Description("Options of the LintelRunner's checkpoints, restarts and restores.")
public interface CheckpointOptions extends PipelineOptions {

  @Description(
      "Take a checkpoint every so many milliseconds; 0: take none. Default: 10000 for a pipeline with an"
          + " unbounded source, 0 for others.")
  @Nullable Long getCheckpointIntervalMillis();

  void setCheckpointIntervalMillis(@Nullable Long value);

  @Description(
      "At least so many milliseconds pass between the end of a checkpoint and the beginning of the next.")
  @Default.Long(0)
  long getMinPauseBetweenCheckpointsMillis();

  void setMinPauseBetweenCheckpointsMillis(long value);

  @Description(
      "A run of the job whose process can't be seen from here, or is stopped, is taken to be dead when it has"
          + " given no sign for so many milliseconds. Then this one takes over; before, it is refused.")
  @Default.Long(5_000)
  long getLeaseMillis();

  void setLeaseMillis(long value);

  @Description(
      "A checkpoint that has not ended after so many milliseconds is given up. Default: 600000.")
  @Default.Long(OptionValues.UNSET)
  Long getCheckpointTimeoutMillis();

  void setCheckpointTimeoutMillis(Long value);

  @Description("How many of the newest complete checkpoints are kept.")
  @Default.Integer(2)
  int getCheckpointsRetained();

  void setCheckpointsRetained(int value);

  @Description("How many checkpoints in a row may fail before the job fails.")
  @Default.Integer(3)
  int getTolerableCheckpointFailures();

  void setTolerableCheckpointFailures(int value);

  @Description(
      "EXACTLY_ONCE: after a restart every element has had its effect on state once. AT_LEAST_ONCE: some may"
          + " have had it twice; inputs never wait for each other.")
  @Default.Enum("EXACTLY_ONCE")
  CheckpointMode getCheckpointMode();

  void setCheckpointMode(CheckpointMode value);

  @Description(
      "After a checkpoint has waited so many milliseconds for its barriers, the elements that are on their"
          + " way become part of it.")
  @Default.Long(1_000)
  long getAlignmentTimeoutMillis();

  void setAlignmentTimeoutMillis(long value);

  @Description(
      "Where to begin: 'latest' checkpoint, the 'previous' one, 'none' (from the start, whatever is there), or"
          + " the path of a checkpoint or savepoint.")
  @Default.String("latest")
  String getRestore();

  void setRestore(String value);

  @Description(
      "Whether state that no transform of the pipeline takes may be left behind at a restore.")
  @Default.Boolean(false)
  boolean isAllowUnrestoredState();

  void setAllowUnrestoredState(boolean value);

  @Description(
      "New names of transforms whose state is to be restored under them: old=new, several with ',' between"
          + " them.")
  @Nullable String getRenames();

  void setRenames(@Nullable String value);

  @Description(
      "What happens when the job fails: 'none' (it ends), 'fixed' or 'exponential' (it goes on from the last"
          + " checkpoint after a delay, which stays as it is or doubles). Default: exponential from"
          + " the first complete checkpoint on; before that, and where none are taken, none.")
  @Nullable String getRestartStrategy();

  void setRestartStrategy(@Nullable String value);

  @Description(
      "So many failures in a row are survived; the next ends the job with the error of the first.")
  @Default.Integer(10)
  int getRestartAttempts();

  void setRestartAttempts(int value);

  @Description(
      "How many milliseconds to wait before a restart, the first one if the delay is exponential.")
  @Default.Long(500)
  long getRestartDelayMillis();

  void setRestartDelayMillis(long value);

  @Description("How many milliseconds an exponential delay becomes at most.")
  @Default.Long(30_000)
  long getRestartMaxDelayMillis();

  void setRestartMaxDelayMillis(long value);

  @Description(
      "Whether sinks that can are replaced by ones that make results visible when a checkpoint is complete."
          + " Only with EXACTLY_ONCE checkpoints.")
  @Default.Boolean(true)
  boolean isExactlyOnceSinks();

  void setExactlyOnceSinks(boolean value);

  @Description(
      "Go on without the records of transactions that were aborted before they could be committed, because"
          + " the job was down for longer than their time-out. Otherwise such a job does not start.")
  @Default.Boolean(false)
  boolean isAllowLostTransactions();

  void setAllowLostTransactions(boolean value);

  /** What a restart may do to effects on state. */
  enum CheckpointMode {
    /** Barriers are aligned, or what is on its way is part of the checkpoint. */
    EXACTLY_ONCE,
    /** Inputs never wait for each other. */
    AT_LEAST_ONCE
  }
}
