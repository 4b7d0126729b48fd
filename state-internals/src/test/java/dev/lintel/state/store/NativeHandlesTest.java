package dev.lintel.state.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.Snapshot;

/**
 * Closing frees every native object. They are found by reflection, so that one which is added later
 * is looked at, too.
 */
class NativeHandlesTest {
  private final List<AbstractImmutableNativeReference> handles = new ArrayList<>();

  @Test
  void aClosedStoreOwnsNoNativeObjectAndNeitherDoesWhatWasLeftOpenInIt(@TempDir Path folder)
      throws Exception {
    RocksDbShared shared = new RocksDbShared(16 << 20, System::nanoTime);
    RocksDbStore store = RocksDbStore.open(folder.resolve("store"), shared);
    byte[] from = {0};
    byte[] end = {9};
    store.put(new byte[] {1}, new byte[100]);
    OrderedStore.Cursor cursor = store.scan(from, end);
    OrderedStore.Snapshot snapshot = store.snapshot(from, end);
    OrderedStore.Cursor cursorOfSnapshot = snapshot.scan();
    collect(shared);
    collect(store);
    collect(store.database());
    collect(cursor);
    collect(snapshot);
    collect(cursorOfSnapshot);
    assertThat(handles).hasSizeGreaterThan(12).allMatch(this::isOpen);

    store.close();
    shared.close();

    assertThat(handles).noneMatch(this::isOpen);
  }

  private void collect(Object owner) throws IllegalAccessException {
    for (Field field : owner.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())
          // A snapshot is the database's own, and released by it.
          && field.getType() != Snapshot.class
          && AbstractImmutableNativeReference.class.isAssignableFrom(field.getType())) {
        field.setAccessible(true);
        handles.add((AbstractImmutableNativeReference) field.get(owner));
      }
    }
  }

  private boolean isOpen(AbstractImmutableNativeReference handle) {
    return handle.isOwningHandle();
  }
}
