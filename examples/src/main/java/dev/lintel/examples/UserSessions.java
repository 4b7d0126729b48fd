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
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * How often do people come to our site, how long do they stay, and how much do they look at? The
 * {@code sessions} example.
 *
 * <p>Nobody says good-bye to a web site: all there is are page views. So a visit (a session) is
 * taken to be over when a user has looked at nothing for half an hour.
 *
 * <p><b>The idea of Beam that it shows: windows made by the data.</b> A fixed window begins and
 * ends by the clock, for all alike. A session is a window of one key: each view opens one that
 * lasts from its time to the end of the gap, and windows that overlap become one. The pipeline says
 * only {@code Sessions.withGapDuration}; what is counted in windows that become one is added up by
 * the runner. It doesn't matter in which order the views come, nor by how many readers they are
 * read.
 *
 * <pre>{@code
 * ./lintel example sessions --inputFile=examples/data/page-views.txt --output=/tmp/sessions/of-users
 * cat /tmp/sessions/of-users-*
 * }</pre>
 *
 * <p>prints a line for each session, in no particular order. With a view at 12:00:05, one at 12:10
 * and one at 12:20:05, anna has
 *
 * <pre>anna 2026-01-31T12:00:05Z 3 views in 1200 seconds</pre>
 */
public final class UserSessions {
  private UserSessions() {}

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

    @Description("A session is over after so many minutes without a view.")
    @Default.Integer(30)
    int getGapMinutes();

    void setGapMinutes(int value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    InputFiles.check(options.getInputFile());
    int gapMinutes = OptionChecks.atLeast(1, "gapMinutes", options.getGapMinutes());
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            "ReadViews", new ReadEvents(options.getInputFile(), options.getOutput() + ".bad-lines"))
        .apply("FindSessions", new FindSessions(Duration.standardMinutes(gapMinutes)))
        .apply("WriteSessions", TextIO.write().to(options.getOutput()));
    pipeline.run().waitUntilFinish();
  }

  /**
   * The sessions of users, from their views (user and page): a line for each, once the watermark
   * says that no further view can belong to it.
   */
  static final class FindSessions
      extends PTransform<PCollection<KV<String, String>>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    private final Duration gap;

    FindSessions(Duration gap) {
      this.gap = gap;
    }

    @Override
    public PCollection<String> expand(PCollection<KV<String, String>> views) {
      return views
          .apply("IntoSessions", Window.into(Sessions.withGapDuration(gap)))
          .apply("CountViews", Count.perKey())
          .apply("Describe", ParDo.of(new Describe(gap)));
    }
  }

  /** A session in words. Its times are nowhere but in its window. */
  private static final class Describe extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    private final Duration gap;

    Describe(Duration gap) {
      this.gap = gap;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Long> viewsOfUser,
        BoundedWindow window,
        OutputReceiver<String> sessions) {
      Instant firstView = ((IntervalWindow) window).start();
      // The window lasts until nobody comes any more: the gap at its end was no part of the visit.
      Instant lastView = ((IntervalWindow) window).end().minus(gap);
      sessions.output(
          String.format(
              "%s %s %d views in %d seconds",
              viewsOfUser.getKey(),
              EventLine.format(firstView),
              viewsOfUser.getValue(),
              new Duration(firstView, lastView).getStandardSeconds()));
    }
  }
}
