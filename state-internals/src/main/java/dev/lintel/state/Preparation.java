package dev.lintel.state;

/** How far a task's state is from a snapshot that takes little time. */
public enum Preparation {
  /** Something was done, and more is to be done. */
  WORKED,
  /** Somebody else is at work: RocksDB's threads. */
  WAITING,
  /** A snapshot that is taken now takes little time. */
  DONE
}
