package dev.lintel.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** The text of a plan to the letter: it is what users read and compare. */
final class PlanTextTest {
  @Test
  void aPipelineWithAKeyAndASideInput() throws Exception {
    Pipeline pipeline = NotRunnable.pipeline();
    PCollectionView<Iterable<String>> stopWords =
        pipeline
            .apply("StopWords", Create.of("the", "thethe"))
            .apply("AsIterable", View.<String>asIterable());
    pipeline
        .apply("Words", Create.of("a", "aa").withCoder(new TestFns.AnonymousStringCoder()))
        .apply("Filter", ParDo.of(new TestFns.Same<String>()).withSideInputs(stopWords))
        .setCoder(StringUtf8Coder.of())
        .apply(
            "Minutes",
            Window.<String>into(FixedWindows.of(Duration.standardMinutes(1)))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withLateFirings(AfterPane.elementCountAtLeast(1)))
                .accumulatingFiredPanes()
                .withAllowedLateness(Duration.millis(5)))
        .apply("Key", ParDo.of(new TestFns.ToKv()))
        .apply("Sum", Sum.integersPerKey())
        .apply("Track", ParDo.of(new TestFns.Stateful()));
    pipeline.apply("Go", Impulse.create());
    assertThat(PipelineTranslator.translate(pipeline).toString())
        .isEqualTo(text("plan-with-key-and-side-input.txt"));
  }

  private static String text(String resource) throws Exception {
    try (InputStream in = PlanTextTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    }
  }
}
