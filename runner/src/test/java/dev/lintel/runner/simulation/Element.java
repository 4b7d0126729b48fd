package dev.lintel.runner.simulation;

/** What flows through a simulated pipeline, as its reference sees it. */
record Element(long key, long value, long timestampMillis) {
  /** What a sink makes visible of it. */
  Row row() {
    return new Row(key, value);
  }

  /** A sink's record. */
  record Row(long key, long value) {}
}
