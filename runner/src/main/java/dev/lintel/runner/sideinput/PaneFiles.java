package dev.lintel.runner.sideinput;

import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.translation.plan.SideInput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.jspecify.annotations.Nullable;

/**
 * The panes of one view as files of a checkpoint. A file's name says all that is not its content:
 *
 * <pre>
 * pane.{tag}.{window}.{number}.{content id}        tag, window and id in base 64 for URLs
 * (1, element)* 0                                  the content
 * </pre>
 */
final class PaneFiles {
  private static final String KIND = "pane";
  private static final int NAME_PARTS = 5;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int ELEMENT = 1;
  private static final int END = 0;

  private final String tag;
  private final PaneForm form;
  private final Coder<BoundedWindow> windowCoder;

  /**
   * A pane in a checkpoint.
   *
   * @param number of the firing, counted for each window
   */
  record Stored(
      BoundedWindow window, long number, String contentId, RestoredOperator.File file) {}

  @SuppressWarnings("unchecked")
  PaneFiles(SideInput sideInput) {
    tag = sideInput.tag();
    form = PaneForm.of(sideInput.collection(), sideInput.byKey());
    windowCoder =
        (Coder<BoundedWindow>)
            sideInput.view().getWindowingStrategyInternal().getWindowFn().windowCoder();
  }

  PaneForm form() {
    return form;
  }

  SnapshotFile fileOf(BoundedWindow window, long number, Pane pane) {
    byte[] windowBytes;
    try {
      windowBytes = CoderUtils.encodeToByteArray(windowCoder, window);
    } catch (CoderException e) {
      throw new IllegalStateException(
          "Expected " + windowCoder + " to encode " + window + " of " + form.side(), e);
    }
    String name =
        String.join(
            ".",
            KIND,
            base64(tag.getBytes(StandardCharsets.UTF_8)),
            base64(windowBytes),
            Long.toString(number),
            base64(pane.origin().contentId().getBytes(StandardCharsets.UTF_8)));
    return new PaneFile(name, pane, form.elements());
  }

  /** Null if it is no pane of this view. */
  @Nullable Stored stored(RestoredOperator.File file) {
    String[] parts = file.name().split("\\.", -1);
    if (parts.length != NAME_PARTS || !parts[0].equals(KIND) || !tag.equals(text(parts[1]))) {
      return null;
    }
    try {
      BoundedWindow window = CoderUtils.decodeFromByteArray(windowCoder, bytes(parts[2]));
      return new Stored(window, Long.parseLong(parts[3]), text(parts[4]), file);
    } catch (CoderException e) {
      throw new IllegalStateException(
          "Expected " + windowCoder + " to decode a window of " + form.side() + " that was stored",
          e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] bytes(String base64) {
    return Base64.getUrlDecoder().decode(base64);
  }

  private static String text(String base64) {
    return new String(bytes(base64), StandardCharsets.UTF_8);
  }

  /** Adds what a file holds to a pane. */
  static void read(InputStream in, PaneForm form, PaneBuilder pane) throws IOException {
    ElementCodec codec = form.elements();
    for (int kind = in.read(); kind != END; kind = in.read()) {
      if (kind != ELEMENT) {
        throw new IOException(
            "Expected an element or the end of " + form.side() + ", but found " + kind);
      }
      pane.add(codec.decode(in));
    }
  }

  /** Written by any thread, as panes are immutable; keeps the pane until then. */
  private record PaneFile(String name, Pane pane, ElementCodec codec) implements SnapshotFile {
    @Override
    public String contentId() {
      return pane.origin().contentId();
    }

    @Override
    public long estimatedBytes() {
      return pane.origin().bytes();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
      for (Object each : pane.elements()) {
        buffered.write(ELEMENT);
        codec.encode(each, buffered);
      }
      buffered.write(END);
      buffered.flush();
    }
  }
}
