package dev.lintel.runner.operator;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.VarInt;

/**
 * How the windows of a key are stored:
 *
 * <pre>
 * count, time:8 each | count, (window, slot, panes, 1 if nothing is to happen at its end) each
 * </pre>
 *
 * <p>Numbers are varints, but for the times. Windows are as the window coder writes them.
 */
final class ActiveWindowsCoder extends StructuredCoder<ActiveWindows> {
  private static final long serialVersionUID = 1L;

  private final Coder<BoundedWindow> windowCoder;

  ActiveWindowsCoder(Coder<BoundedWindow> windowCoder) {
    this.windowCoder = windowCoder;
  }

  @Override
  public void encode(ActiveWindows value, OutputStream out) throws IOException {
    long[] times = value.times();
    VarInt.encode(times.length, out);
    DataOutputStream data = new DataOutputStream(out);
    for (long time : times) {
      data.writeLong(time);
    }
    VarInt.encode(value.size(), out);
    for (int i = 0; i < value.size(); i++) {
      ActiveWindow each = value.get(i);
      windowCoder.encode(each.window(), out);
      VarInt.encode(each.slot(), out);
      VarInt.encode(each.panes(), out);
      VarInt.encode(each.endDone() ? 1 : 0, out);
    }
  }

  @Override
  public ActiveWindows decode(InputStream in) throws IOException {
    long[] times = new long[VarInt.decodeInt(in)];
    DataInputStream data = new DataInputStream(in);
    for (int i = 0; i < times.length; i++) {
      times[i] = data.readLong();
    }
    int size = VarInt.decodeInt(in);
    ActiveWindows value = ActiveWindows.stored(times, size);
    for (int i = 0; i < size; i++) {
      ActiveWindow window = new ActiveWindow(windowCoder.decode(in));
      window.restore(VarInt.decodeInt(in), VarInt.decodeLong(in), VarInt.decodeInt(in) == 1);
      value.add(window);
    }
    return value;
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(windowCoder);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    windowCoder.verifyDeterministic();
  }
}
