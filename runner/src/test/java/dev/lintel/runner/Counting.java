package dev.lintel.runner;

import java.util.List;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Counts the elements of each key, and gives every count. */
final class Counting extends DoFn<KV<Long, Long>, String> {
  static final long KEYS = 5;

  private final String label;

  @StateId("count")
  private final StateSpec<ValueState<Long>> countSpec;

  Counting(String label, Coder<Long> coder) {
    this.label = label;
    this.countSpec = StateSpecs.value(coder);
  }

  @ProcessElement
  public void process(
      @Element KV<Long, Long> element,
      @StateId("count") ValueState<Long> count,
      OutputReceiver<String> output) {
    Long before = count.read();
    long now = before == null ? 1 : before + 1;
    count.write(now);
    output.output(label + " " + element.getKey() + ":" + now);
  }

  // ---- pipelines ----

  static PCollection<KV<Long, Long>> byKey(PCollection<Long> numbers, String name) {
    return numbers.apply(
        name + " keys",
        WithKeys.<Long, Long>of(i -> i % KEYS).withKeyType(TypeDescriptors.longs()));
  }

  static GatedJob.Body count(String name) {
    return count(name, VarLongCoder.of());
  }

  static GatedJob.Body count(String name, Coder<Long> coder) {
    return numbers -> byKey(numbers, name).apply(name, ParDo.of(new Counting(name, coder)));
  }

  /** What {@link Counting} gives for each key. */
  static List<String> counts(String label, long first, long last) {
    return LongStream.range(0, KEYS)
        .boxed()
        .flatMap(
            key ->
                LongStream.rangeClosed(first, last)
                    .mapToObj(each -> label + " " + key + ":" + each))
        .sorted()
        .toList();
  }
}
