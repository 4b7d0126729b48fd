package dev.lintel.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * How many views does each page have, minute by minute, when we want to see something at once, and
 * some views come late? The {@code late-data} example.
 *
 * <p>Phones lose their connection, and send what happened when they have it back. So when a minute
 * is over, some of its views are still on their way, and nobody knows how many. Whoever waits for
 * all of them waits for ever; whoever doesn't wait has a wrong count.
 *
 * <p><b>The idea of Beam that it shows: a window may have several results, called panes.</b>
 *
 * <ol>
 *   <li>{@code EARLY}: while the window is open, a first number some seconds after the first view.
 *   <li>{@code ON_TIME}: when the watermark passes the end of the window. The watermark is the
 *       source's word that all earlier events have been given; a window has one such pane.
 *   <li>{@code LATE}: the source was wrong. A view that comes after the watermark has passed its
 *       window, but within the allowed lateness, gives a new number.
 *   <li>What comes later still is dropped: the count of the window is gone by then. Allowed
 *       lateness is how long one is willing to keep it.
 * </ol>
 *
 * <p><b>What those who take the panes must do.</b> Here panes <i>accumulate</i>: each has the count
 * of all that came so far. So the newest one replaces the ones before (a row in a table with window
 * and page as its key, say); who adds them up counts views twice. A consumer can't know that the
 * pane in its hands is the last, and in a parallel pipeline panes may overtake one another: so
 * compare {@code PaneInfo.getIndex()}, as {@link KeepNewest} does, and don't trust the order. (With
 * {@code discardingFiredPanes()} each pane has only what is new since the one before; then adding
 * up is right, and losing or repeating one is wrong.)
 *
 * <p>The input is a stream that was written down; {@link ReplayEvents} says how. Change it, and see
 * what other panes come of it:
 *
 * <pre>{@code
 * ./lintel example late-data --inputFile=examples/data/late-page-views.txt --output=/tmp/late/views
 * sort /tmp/late/views.panes-*
 * cat /tmp/late/views.newest-*
 * }</pre>
 *
 * <p>prints, among others, the four panes of a page in a minute, and below the one that counts:
 *
 * <pre>
 * 2026-01-31T12:00:00Z /home pane 0 EARLY 2
 * 2026-01-31T12:00:00Z /home pane 1 ON_TIME 3
 * 2026-01-31T12:00:00Z /home pane 2 LATE 4
 * 2026-01-31T12:00:00Z /home pane 3 LATE 5
 *
 * 2026-01-31T12:00:00Z /home 5
 * </pre>
 */
public final class LateData {
  private LateData() {}

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description("The stream to replay: a local text file; ReplayEvents says what is in it.")
    @Validation.Required
    String getInputFile();

    void setInputFile(String value);

    @Description(
        "Where to write: all panes go to OUTPUT.panes-00000-of-00001, the newest pane of each"
            + " window and page to OUTPUT.newest-00000-of-00001.")
    @Validation.Required
    String getOutput();

    void setOutput(String value);

    @Description("The length of a window in seconds.")
    @Default.Integer(60)
    int getWindowSeconds();

    void setWindowSeconds(int value);

    @Description("How many seconds after its first view a window has an early pane.")
    @Default.Integer(10)
    int getEarlyAfterSeconds();

    void setEarlyAfterSeconds(int value);

    @Description("For how many seconds after its end a window still takes views.")
    @Default.Integer(120)
    int getAllowedLatenessSeconds();

    void setAllowedLatenessSeconds(int value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    int windowSeconds = OptionChecks.atLeast(1, "windowSeconds", options.getWindowSeconds());
    int earlySeconds = OptionChecks.atLeast(0, "earlyAfterSeconds", options.getEarlyAfterSeconds());
    int latenessSeconds =
        OptionChecks.atLeast(0, "allowedLatenessSeconds", options.getAllowedLatenessSeconds());
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<String, Long>> counts =
        pipeline
            .apply("ReplayViews", new ReplayEvents(options.getInputFile()))
            .apply(
                "CountViews",
                new CountViews(
                    Duration.standardSeconds(windowSeconds),
                    Duration.standardSeconds(earlySeconds),
                    Duration.standardSeconds(latenessSeconds)));
    counts
        .apply("DescribePanes", ParDo.of(new DescribePane()))
        .apply("CollectPanes", untilTheEnd())
        .apply("WritePanes", oneFile(options.getOutput() + ".panes"));
    counts
        .apply("KeepNewest", new KeepNewest())
        .apply("WriteNewest", oneFile(options.getOutput() + ".newest"));
    pipeline.run().waitUntilFinish();
  }

  /** The number of views of each page and window, from views (user and page), in several panes. */
  static final class CountViews
      extends PTransform<PCollection<KV<String, String>>, PCollection<KV<String, Long>>> {
    private static final long serialVersionUID = 1L;

    private final Duration windowLength;
    private final Duration earlyAfter;
    private final Duration allowedLateness;

    CountViews(Duration windowLength, Duration earlyAfter, Duration allowedLateness) {
      this.windowLength = windowLength;
      this.earlyAfter = earlyAfter;
      this.allowedLateness = allowedLateness;
    }

    @Override
    public PCollection<KV<String, Long>> expand(PCollection<KV<String, String>> views) {
      return views
          .apply("TakePages", Values.create())
          .apply(
              "IntoWindows",
              Window.<String>into(FixedWindows.of(windowLength))
                  .triggering(
                      AfterWatermark.pastEndOfWindow()
                          .withEarlyFirings(
                              AfterProcessingTime.pastFirstElementInPane().plusDelayOf(earlyAfter))
                          // Each late view counts at once: there are few.
                          .withLateFirings(AfterPane.elementCountAtLeast(1)))
                  .withAllowedLateness(allowedLateness)
                  .accumulatingFiredPanes())
          .apply("CountPerPage", Count.perElement());
    }
  }

  /** A pane in words. */
  static final class DescribePane extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, Long> viewsOfPage,
        BoundedWindow window,
        PaneInfo pane,
        OutputReceiver<String> panes) {
      panes.output(
          String.format(
              "%s %s pane %d %s %d",
              EventLine.format(((IntervalWindow) window).start()),
              viewsOfPage.getKey(),
              pane.getIndex(),
              pane.getTiming(),
              viewsOfPage.getValue()));
    }
  }

  /** A consumer as it should be: of each window and page it keeps the newest pane, and no other. */
  static final class KeepNewest
      extends PTransform<PCollection<KV<String, Long>>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<KV<String, Long>> counts) {
      return counts
          .apply("KeyByWindowAndPage", ParDo.of(new ByWindowAndPage()))
          .apply("CollectPanes", untilTheEnd())
          .apply("HighestIndex", Max.perKey(new KV.OrderByKey<Long, Long>()))
          .apply(
              "Describe",
              MapElements.into(TypeDescriptors.strings())
                  .via(newest -> newest.getKey() + " " + newest.getValue().getValue()));
    }
  }

  /** The index and the count of a pane, by its window and page. */
  private static final class ByWindowAndPage
      extends DoFn<KV<String, Long>, KV<String, KV<Long, Long>>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, Long> viewsOfPage,
        BoundedWindow window,
        PaneInfo pane,
        OutputReceiver<KV<String, KV<Long, Long>>> panes) {
      String key = EventLine.format(((IntervalWindow) window).start()) + " " + viewsOfPage.getKey();
      panes.output(KV.of(key, KV.of(pane.getIndex(), viewsOfPage.getValue())));
    }
  }

  /**
   * Collects everything until the stream ends: one result, so that the example has something to
   * show. A pipeline whose stream doesn't end would write each pane to a table as it comes.
   */
  private static <T> Window<T> untilTheEnd() {
    return Window.<T>into(new GlobalWindows())
        .triggering(Repeatedly.forever(AfterWatermark.pastEndOfWindow()))
        .withAllowedLateness(Duration.ZERO)
        .discardingFiredPanes();
  }

  private static TextIO.Write oneFile(String prefix) {
    return TextIO.write()
        .to(prefix)
        .withWindowedWrites()
        .withShardNameTemplate("-SSSSS-of-NNNNN")
        .withNumShards(1);
  }
}
