package dev.lintel.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * Plays a stream that was written down: the lines of a file, in their order, as things that happen.
 *
 * <ul>
 *   <li>{@code 2026-01-31T12:00:00Z anna /home}: an event comes in ({@link EventLine}).
 *   <li>{@code watermark 2026-01-31T12:01:00Z}: the source believes that it has given all events
 *       before this time. It may be wrong: an event that comes after all is late.
 *   <li>{@code wait 30}: so many seconds go by for whoever waits for the stream. The replay itself
 *       does not wait.
 * </ul>
 *
 * <p>The end of the file is the end of the stream. A file that is read as a file has no lateness:
 * it is all there at once. Beam's {@link TestStream} can play a stream on runners that support it,
 * which Lintel and DirectRunner do; it does the next thing only when all that came of the one
 * before is done, so that each run gives the same.
 */
final class ReplayEvents extends PTransform<PBegin, PCollection<KV<String, String>>> {
  private static final long serialVersionUID = 1L;
  private static final String WATERMARK = "watermark ";
  private static final String WAIT = "wait ";

  private final String file;

  ReplayEvents(String file) {
    this.file = file;
  }

  @Override
  public PCollection<KV<String, String>> expand(PBegin begin) {
    TestStream.Builder<KV<String, String>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()));
    List<String> lines = readLines();
    for (int i = 0; i < lines.size(); i++) {
      try {
        stream = append(stream, lines.get(i));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            e.getMessage() + " (" + file + ", line " + (i + 1) + "). Correct the line.", e);
      }
    }
    return begin.apply("Replay", stream.advanceWatermarkToInfinity());
  }

  private static TestStream.Builder<KV<String, String>> append(
      TestStream.Builder<KV<String, String>> stream, String line) {
    if (!EventLine.isEvent(line)) {
      return stream;
    }
    if (line.startsWith(WATERMARK)) {
      return stream.advanceWatermarkTo(
          EventLine.parseTime(line.substring(WATERMARK.length()).strip()));
    }
    if (line.startsWith(WAIT)) {
      return stream.advanceProcessingTime(parseSeconds(line.substring(WAIT.length()).strip()));
    }
    return stream.addElements(EventLine.parse(line));
  }

  private static Duration parseSeconds(String seconds) {
    try {
      return Duration.standardSeconds(Integer.parseInt(seconds));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Expected a number of seconds, but found '" + seconds + "'", e);
    }
  }

  private List<String> readLines() {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected a local text file at --inputFile=" + file + ", but it can't be read", e);
    }
  }
}
