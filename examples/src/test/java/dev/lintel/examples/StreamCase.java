package dev.lintel.examples;

import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/**
 * An example's transform over an input that the case makes up, mostly a stream with late and
 * unordered elements, and what must come out. Built and run by {@link StreamCasesMain}, in the
 * runner's own process.
 *
 * @param expected the lines of the output, in any order; computed without Beam
 * @param expectedOnDirectRunner the same, where the model of Beam leaves something open
 */
record StreamCase(
    String name, Input input, List<String> expected, List<String> expectedOnDirectRunner) {
  StreamCase(String name, Input input, List<String> expected) {
    this(name, input, expected, expected);
  }

  /** The pipeline of a case. */
  interface Input {
    PCollection<String> apply(Pipeline pipeline);
  }

  /** The cases that run on all runners. */
  static List<StreamCase> all() {
    return Stream.of(
            UserSessionsCases.all(),
            UniqueUsersCases.all(),
            OrderPaymentsCases.all(),
            LateDataCases.all())
        .flatMap(List::stream)
        .toList();
  }

  /** A case by its name, also one that is not among {@link #all}. */
  static StreamCase named(String name) {
    return Stream.concat(all().stream(), Stream.of(UniqueUsersCases.hugePages()))
        .filter(each -> each.name.equals(name))
        .findFirst()
        .orElseThrow();
  }

  List<String> expectedOn(TestedRunner runner) {
    return runner == TestedRunner.DIRECT ? expectedOnDirectRunner : expected;
  }

  @Override
  public String toString() {
    return name;
  }

  /** A line as {@link WithPane} makes it. */
  static String line(String value, long timestampMillis, String pane) {
    return value + " @" + EventLine.format(new Instant(timestampMillis)) + " " + pane;
  }

  /** Adds the timestamp and the pane to each line: {@code ... @2026-01-31T12:00:00Z LATE#1}. */
  static final class WithPane extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element String value,
        @Timestamp Instant timestamp,
        PaneInfo pane,
        OutputReceiver<String> lines) {
      lines.output(line(value, timestamp.getMillis(), pane.getTiming() + "#" + pane.getIndex()));
    }
  }
}
