package dev.lintel.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.BooleanCoder;
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
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * How many different people have looked at each of our pages, day by day? Not roughly: exactly. The
 * {@code unique-users} example.
 *
 * <p>Views are easy to count: each adds one. People are not: whether a view adds one depends on
 * whether this user was there before, perhaps hours ago, in another batch of records, on a day with
 * more users than fit into the memory of a program.
 *
 * <p><b>The idea of Beam that it shows: state belongs to a key and a window.</b> {@link FirstViews}
 * remembers one bit for each page, user and day: seen. The runner keeps it (Lintel on disk, if
 * memory is too small for all), gives it to whichever bundle has the next view of that user, and
 * throws it away when the window has expired: that is, when the watermark is past the end of the
 * day and the allowed lateness after it. So memory does not grow for ever, and the next day begins
 * from nothing; there is no code for it.
 *
 * <p><b>Allowed lateness</b> is the price of late views: for so long after the end of the day its
 * bits are kept, so that a view that comes late is still counted, and counted once. It then gives a
 * new, corrected count of the day (the pipeline accumulates: the newest count replaces the one
 * before). Later views are dropped. (A runner may also wait with its count until the window has
 * expired, as DirectRunner does behind a ParDo with state; the last count is the same.) In files
 * nothing is late; see the {@code late-data} example.
 *
 * <pre>{@code
 * ./lintel example unique-users --inputFile=examples/data/page-views.txt --output=/tmp/unique/users
 * cat /tmp/unique/users-*
 * }</pre>
 *
 * <p>prints a line for each page and day (by the clock of UTC), such as
 *
 * <pre>2026-01-31T00:00:00Z /home 4</pre>
 */
public final class UniqueUsers {
  private UniqueUsers() {}

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description(
        "The text files to read: a path or a pattern. Each line is a time such as"
            + " 2026-01-31T12:00:00Z, a user and a page.")
    @Validation.Required
    String getInputFile();

    void setInputFile(String value);

    @Description(
        "Where to write: the files are called OUTPUT-00000-of-00003 and so on. Lines that can't be"
            + " understood go to OUTPUT.bad-lines-00000-of-00001 and so on.")
    @Validation.Required
    String getOutput();

    void setOutput(String value);

    @Description("The length of a window in minutes.")
    @Default.Integer(24 * 60)
    int getWindowMinutes();

    void setWindowMinutes(int value);

    @Description("For how many minutes after its end a window still takes views.")
    @Default.Integer(60)
    int getAllowedLatenessMinutes();

    void setAllowedLatenessMinutes(int value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    InputFiles.check(options.getInputFile());
    int windowMinutes = OptionChecks.atLeast(1, "windowMinutes", options.getWindowMinutes());
    int latenessMinutes =
        OptionChecks.atLeast(0, "allowedLatenessMinutes", options.getAllowedLatenessMinutes());
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            "ReadViews", new ReadEvents(options.getInputFile(), options.getOutput() + ".bad-lines"))
        .apply(
            "CountUsers",
            new CountUsers(
                Duration.standardMinutes(windowMinutes), Duration.standardMinutes(latenessMinutes)))
        .apply("WriteCounts", TextIO.write().to(options.getOutput()));
    pipeline.run().waitUntilFinish();
  }

  /**
   * The number of different users of each page and window, from views (user and page). A window has
   * a count when it ends, and a new one for each user that comes late.
   */
  static final class CountUsers
      extends PTransform<PCollection<KV<String, String>>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    private final Duration windowLength;
    private final Duration allowedLateness;

    CountUsers(Duration windowLength, Duration allowedLateness) {
      this.windowLength = windowLength;
      this.allowedLateness = allowedLateness;
    }

    @Override
    public PCollection<String> expand(PCollection<KV<String, String>> views) {
      return views
          .apply(
              "IntoWindows",
              Window.<KV<String, String>>into(FixedWindows.of(windowLength))
                  .withAllowedLateness(allowedLateness)
                  .accumulatingFiredPanes())
          // State is kept by key: what shall have a bit of its own is the key. (With the page alone
          // as the key, all views of a popular page would wait for one thread, too.)
          .apply(
              "KeyByUserAndPage",
              WithKeys.<KV<String, String>, KV<String, String>>of(view -> view)
                  .withKeyType(
                      TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings())))
          .apply("FirstViews", ParDo.of(new FirstViews()))
          .apply("CountPerPage", Count.perElement())
          .apply("Describe", ParDo.of(new Describe()));
    }
  }

  /**
   * The page of a view that is the first one of this user and page in its window.
   *
   * <p>A method with {@code @OnWindowExpiration} would be called just before the state is cleared.
   * It is not needed for that, and not free: as it may still give something out at the end of the
   * window, all that follows has to wait for it, and so the counts would come only when the allowed
   * lateness is over.
   */
  private static final class FirstViews
      extends DoFn<KV<KV<String, String>, KV<String, String>>, String> {
    private static final long serialVersionUID = 1L;
    private static final String SEEN = "seen";

    @StateId(SEEN)
    private final StateSpec<ValueState<Boolean>> seenSpec = StateSpecs.value(BooleanCoder.of());

    @ProcessElement
    public void process(
        @Element KV<KV<String, String>, KV<String, String>> view,
        @StateId(SEEN) ValueState<Boolean> seen,
        OutputReceiver<String> pages) {
      if (seen.read() == null) {
        seen.write(true);
        pages.output(view.getValue().getValue());
      }
    }
  }

  /** A count in words. */
  private static final class Describe extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, Long> usersOfPage,
        BoundedWindow window,
        OutputReceiver<String> counts) {
      counts.output(
          EventLine.format(((IntervalWindow) window).start())
              + " "
              + usersOfPage.getKey()
              + " "
              + usersOfPage.getValue());
    }
  }
}
