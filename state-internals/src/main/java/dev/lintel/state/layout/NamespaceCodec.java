package dev.lintel.state.layout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateNamespaces.GlobalNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowAndTriggerNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Namespaces as bytes, with no string in between:
 *
 * <pre>
 * global: 0 | window: 1, window | window and trigger: 2, trigger:4, window | other: 3, stringKey
 * </pre>
 *
 * <p>Equal namespaces give equal bytes as long as the window coder is deterministic, which Beam
 * asks of it. The bytes don't say where they end: whoever stores them adds the length.
 */
public final class NamespaceCodec {
  private static final int GLOBAL = 0;
  private static final int WINDOW = 1;
  private static final int WINDOW_AND_TRIGGER = 2;
  private static final int OTHER = 3;

  private NamespaceCodec() {}

  public static byte[] encode(StateNamespace namespace) {
    ByteWriter out = new ByteWriter();
    encode(namespace, out);
    return out.toBytes();
  }

  /** Appends the namespace to {@code out}. */
  public static void encode(StateNamespace namespace, ByteWriter out) {
    if (namespace instanceof GlobalNamespace) {
      out.write(GLOBAL);
    } else if (namespace instanceof WindowNamespace<?> windowed) {
      out.write(WINDOW);
      encodeWindow(windowed, out);
    } else if (namespace instanceof WindowAndTriggerNamespace<?> triggered) {
      out.write(WINDOW_AND_TRIGGER);
      out.fixed32(triggered.getTriggerIndex());
      encodeWindow(triggered, out);
    } else {
      out.write(OTHER);
      out.bytes(namespace.stringKey().getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * The namespace that was encoded.
   *
   * @throws IllegalArgumentException if the bytes are no namespace, or one of a kind that only its
   *     maker could build again
   */
  public static <W extends BoundedWindow> StateNamespace decode(
      byte[] bytes, Coder<W> windowCoder) {
    ByteReader in = new ByteReader(bytes);
    int kind = in.read();
    StateNamespace namespace =
        switch (kind) {
          case GLOBAL -> StateNamespaces.global();
          case WINDOW -> StateNamespaces.window(windowCoder, decodeWindow(windowCoder, in));
          case WINDOW_AND_TRIGGER -> {
            int trigger = in.fixed32();
            W window = decodeWindow(windowCoder, in);
            yield StateNamespaces.windowAndTrigger(windowCoder, window, trigger);
          }
          default ->
              throw new IllegalArgumentException(
                  "Expected a namespace that is global (0), of a window (1) or of a window and "
                      + "trigger (2), but its kind is "
                      + kind);
        };
    if (in.remaining() > 0) {
      throw new IllegalArgumentException(
          "Expected the namespace "
              + namespace
              + " to end, but "
              + in.remaining()
              + " more bytes follow");
    }
    return namespace;
  }

  private static <W extends BoundedWindow> void encodeWindow(
      WindowNamespace<W> namespace, ByteWriter out) {
    encodeWindow(namespace.getWindowCoder(), namespace.getWindow(), out);
  }

  private static <W extends BoundedWindow> void encodeWindow(
      WindowAndTriggerNamespace<W> namespace, ByteWriter out) {
    encodeWindow(namespace.getWindowCoder(), namespace.getWindow(), out);
  }

  private static <W extends BoundedWindow> void encodeWindow(
      Coder<W> coder, W window, ByteWriter out) {
    try {
      coder.encode(window, out);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected window coder " + coder + " to encode " + window + ", but it failed", e);
    }
  }

  private static <W extends BoundedWindow> W decodeWindow(Coder<W> coder, ByteReader in) {
    try {
      return coder.decode(in);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected window coder " + coder + " to decode a stored window, but it failed", e);
    }
  }
}
