package dev.lintel.runner.checkpoint.claim;

/** What a run knows about the machine that it is on. Thread-safe. */
public interface Machine {
  /** A new run of this process. */
  RunOwner newRun(long nowMillis);

  /** Whether the owner's process was on this machine, and is no more. */
  boolean isGone(RunOwner owner);

  /** Whether the owner reads the same clock. */
  boolean isHere(RunOwner owner);
}
