package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Outbox;
import dev.lintel.runner.operator.Output;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.state.EncodedKey;
import java.util.List;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Where one collection of a task goes, and how many elements have gone there. There is a class for
 * each kind of target, so that counting costs no further call.
 *
 * <p><i>Ownership:</i> one task.
 */
abstract class CollectionOutput implements Output {
  long elements;

  static CollectionOutput toOperator(StreamOperator consumer) {
    return new CollectionOutput() {
      @Override
      public void emit(WindowedValue<?> element) {
        elements++;
        consumer.process(element, null);
      }
    };
  }

  static CollectionOutput toOutbox(Outbox outbox) {
    return new CollectionOutput() {
      @Override
      public void emit(WindowedValue<?> element) {
        elements++;
        outbox.emit(element);
      }

      @Override
      public void emit(WindowedValue<?> element, EncodedKey key) {
        elements++;
        outbox.emit(element, key);
      }
    };
  }

  /** The only target itself, or one that hands on to all of them. */
  static CollectionOutput toAll(List<CollectionOutput> targets) {
    if (targets.size() == 1) {
      return targets.get(0);
    }
    CollectionOutput[] all = targets.toArray(CollectionOutput[]::new);
    return new CollectionOutput() {
      @Override
      public void emit(WindowedValue<?> element) {
        elements++;
        for (CollectionOutput each : all) {
          each.emit(element);
        }
      }
    };
  }

  long elements() {
    return elements;
  }
}
