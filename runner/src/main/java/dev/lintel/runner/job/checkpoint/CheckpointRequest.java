package dev.lintel.runner.job.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that somebody wants.
 *
 * @param path where a savepoint goes; null for a checkpoint. A {@link Purpose#STOP} may be either
 */
public record CheckpointRequest(Purpose purpose, @Nullable String path, Answer answer) {
  private static final Answer NOBODY =
      new Answer() {
        @Override
        public void completed(long number) {}

        @Override
        public void failed(Throwable cause) {}
      };

  /** Why a checkpoint is taken. */
  public enum Purpose {
    /** Its time has come. */
    INTERVAL,
    /** A user wants one now. */
    ASKED_FOR,
    /** A user wants one that is kept. */
    SAVEPOINT,
    /** A user wants the job to end, and to go on from here when it is started again. */
    STOP,
    /** All tasks have done their work: what they did is to be durable before they end. */
    LAST;

    /** Nothing is done by the tasks any more once it is complete. */
    boolean isEnd() {
      return this == STOP || this == LAST;
    }

    /** It fails alone: that says nothing about how the job fares. */
    boolean isAskedFor() {
      return this == ASKED_FOR || this == SAVEPOINT || this == STOP;
    }
  }

  /** Is told how a checkpoint has ended. */
  public interface Answer {
    void completed(long number);

    void failed(Throwable cause);
  }

  /** What the time that has passed asks for. */
  static CheckpointRequest regular() {
    return new CheckpointRequest(Purpose.INTERVAL, null, NOBODY);
  }

  /** The job is to end with a checkpoint that stays where all others are. */
  public boolean isStopWithCheckpoint() {
    return purpose == Purpose.STOP && path == null;
  }
}
