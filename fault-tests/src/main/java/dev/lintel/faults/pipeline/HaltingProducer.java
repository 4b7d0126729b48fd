package dev.lintel.faults.pipeline;

import dev.lintel.faults.process.Halts;
import dev.lintel.faults.process.Place;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;

/** A producer that can be halted on both sides of its commits. */
final class HaltingProducer extends KafkaProducer<String, String> {
  HaltingProducer(Map<String, Object> config) {
    super(config);
  }

  @Override
  public void commitTransaction() {
    Halts.at(Place.COMMITTING);
    super.commitTransaction();
    Halts.at(Place.COMMITTED);
  }
}
