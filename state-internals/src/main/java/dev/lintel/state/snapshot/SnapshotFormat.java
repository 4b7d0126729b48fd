package dev.lintel.state.snapshot;

/** What the files of a snapshot are. */
public enum SnapshotFormat {
  /** The files of a RocksDB database: quick to take and to open, on the same backend. */
  ROCKSDB,

  /**
   * One file of all entries, by key group, with the dictionary of state numbers: for every backend
   * and every range of key groups.
   */
  ENTRIES
}
