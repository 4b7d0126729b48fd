package dev.lintel.faults.pipeline;

import dev.lintel.faults.input.Event;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * Records' own times; the watermark follows from them alone. (Beam's policies let it run on by the
 * wall clock when a partition is idle: then what is late would depend on when it is read.)
 */
final class EventTimes extends TimestampPolicy<String, String> {
  private Instant watermark;

  private EventTimes(Instant watermark) {
    this.watermark = watermark;
  }

  static TimestampPolicyFactory<String, String> factory() {
    return (partition, previous) ->
        new EventTimes(previous.orElse(BoundedWindow.TIMESTAMP_MIN_VALUE));
  }

  @Override
  public Instant getTimestampForRecord(
      PartitionContext partition, KafkaRecord<String, String> record) {
    Instant time = new Instant(record.getTimestamp());
    Instant behind = time.minus(Event.LATENESS_MILLIS);
    if (behind.isAfter(watermark)) {
      watermark = behind;
    }
    return time;
  }

  @Override
  public Instant getWatermark(PartitionContext partition) {
    return watermark;
  }
}
