package dev.lintel.kafka;

/**
 * Who may write under a transactional id: as soon as there is a newer epoch, who has an older one
 * is shut out. Each life of a sink has an epoch of its own.
 */
record ProducerEpoch(long producerId, short epoch) {
  @Override
  public String toString() {
    return "producer " + producerId + ", epoch " + epoch;
  }
}
