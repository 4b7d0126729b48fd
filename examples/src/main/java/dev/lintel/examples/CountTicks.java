package dev.lintel.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.FileBasedSink;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * How often has each clock ticked in each ten seconds, and how often in all? The {@code ticks}
 * example.
 *
 * <p><b>The idea of Beam that it shows: a pipeline without an end,</b> and what it remembers: the
 * counts of windows that are not over, and the sum of each clock, which a DoFn keeps in state. Its
 * stream is made up, so that nothing else has to run: use it to try out how a pipeline is started
 * in the background, looked at, stopped, and started again where it was.
 *
 * <pre>{@code
 * ./lintel start --example=ticks --jobName=ticks --checkpointDir=/tmp/ticks/checkpoints \
 *     --output=/tmp/ticks/of-clocks
 * ./lintel stop ticks
 * cat /tmp/ticks/of-clocks-*
 * }</pre>
 *
 * <p>Each window has a file of its own with lines such as
 *
 * <pre>clock-1 50 ticks, 250 in all</pre>
 *
 * <p>and as the clocks are regular, each line has the same number of ticks: none is lost, none
 * counted twice, however often the pipeline is stopped or killed on the way.
 */
public final class CountTicks {
  private static final Instant FIRST_TICK = Instant.parse("2026-01-31T12:00:00Z");

  private CountTicks() {}

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description(
        "Where to write: the file of the window that begins at noon is called"
            + " OUTPUT-2026-01-31T12-00-00.000Z-00000-of-00001, and so on.")
    @Validation.Required
    String getOutput();

    void setOutput(String value);

    @Description("How many clocks there are.")
    @Default.Integer(4)
    int getClocks();

    void setClocks(int value);

    @Description("How often all clocks together tick in a second.")
    @Default.Integer(20)
    int getTicksPerSecond();

    void setTicksPerSecond(int value);

    @Description("The length of a window in seconds.")
    @Default.Integer(10)
    int getTickWindowSeconds();

    void setTickWindowSeconds(int value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    int clocks = OptionChecks.atLeast(1, "clocks", options.getClocks());
    int rate = OptionChecks.atLeast(1, "ticksPerSecond", options.getTicksPerSecond());
    Duration windowLength =
        Duration.standardSeconds(
            OptionChecks.atLeast(1, "tickWindowSeconds", options.getTickWindowSeconds()));
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            "Tick",
            GenerateSequence.from(0)
                .withRate(rate, Duration.standardSeconds(1))
                .withTimestampFn(timeOfTick(rate)))
        .apply(
            "OfClock",
            WithKeys.<String, Long>of(tick -> "clock-" + tick % clocks)
                .withKeyType(TypeDescriptors.strings()))
        .apply("IntoWindows", Window.into(FixedWindows.of(windowLength)))
        .apply("CountTicks", Count.perKey())
        .apply("OverAllWindows", Window.into(new GlobalWindows()))
        .apply("AddUp", ParDo.of(new AddUp()))
        .apply("IntoWindowsAgain", Window.into(FixedWindows.of(windowLength)))
        .apply(
            "WriteCounts",
            TextIO.write()
                .to(new WindowFileNames(options.getOutput()))
                .withTempDirectory(
                    FileBasedSink.convertToFileResourceIfPossible(options.getOutput())
                        .getCurrentDirectory())
                .withWindowedWrites()
                .withNumShards(1));
    pipeline.run().waitUntilFinish();
  }

  /** The clocks are started together, and none is ever late. */
  private static SerializableFunction<Long, Instant> timeOfTick(int rate) {
    return tick -> FIRST_TICK.plus(Duration.millis(tick * 1000 / rate));
  }

  /** Remembers how often a clock has ticked, for ever. */
  private static final class AddUp extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("sum")
    private final StateSpec<ValueState<Long>> sumSpec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Long> count,
        @StateId("sum") ValueState<Long> sum,
        OutputReceiver<String> lines) {
      Long before = sum.read();
      long now = (before == null ? 0L : before) + count.getValue();
      sum.write(now);
      lines.output(count.getKey() + " " + count.getValue() + " ticks, " + now + " in all");
    }
  }
}
