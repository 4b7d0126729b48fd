package dev.lintel.state.image;

import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore.Cursor;
import dev.lintel.state.store.StoreView;

/** The image that a store itself is. */
public final class StoreImage implements TaskImage {
  private final StoreView view;
  private final TaskHeader header;

  /**
   * @param view closed by {@link #close}, and also if its header can't be read
   * @param where for error texts
   */
  public StoreImage(StoreView view, String where) {
    this.view = view;
    try {
      this.header = TaskHeader.read(view::scan, where);
    } catch (RuntimeException | Error e) {
      view.close();
      throw e;
    }
  }

  @Override
  public TaskHeader header() {
    return header;
  }

  @Override
  public Cursor scan(int keyGroup, int stateNumber) {
    byte[] prefix = StateKeyLayout.statePrefix(keyGroup, stateNumber);
    return view.scan(prefix, StateKeyLayout.endOf(prefix));
  }

  @Override
  public void close() {
    view.close();
  }
}
