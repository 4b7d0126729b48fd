package dev.lintel.state;

import dev.lintel.state.image.StateRestoreException;
import dev.lintel.state.image.TaskHeader.State;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.io.IOException;

/**
 * Rewrites the stored values of one state whose coder has changed, before anybody reads them. Each
 * kind of cell has its values elsewhere in its entries:
 *
 * <pre>
 * value, combining, map, ordered list:   the value
 * bag, multimap:                         count:4 | value*
 * set:                                   the sub-key
 * no cells:                              what the migration makes of the whole
 * </pre>
 *
 * <p><i>Failure:</i> {@link StateRestoreException}; the store is of no use then. What it was
 * restored from has not been touched.
 */
final class StateMigration {
  private static final long BATCH_BYTES_MAX = 4 << 20;

  private final OrderedStore store;
  private final Batch batch;
  private final State state;
  private final ValueMigration migration;
  private final ByteWriter key = new ByteWriter();
  private final ByteWriter value = new ByteWriter();

  StateMigration(OrderedStore store, State state, ValueMigration migration) {
    this.store = store;
    this.batch = store.batch();
    this.state = state;
    this.migration = migration;
  }

  void run(KeyGroupRange keyGroups) {
    for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
      byte[] prefix = StateKeyLayout.statePrefix(group, state.number());
      byte[] end = StateKeyLayout.endOf(prefix);
      try (Cursor cursor = store.scan(prefix, end)) {
        if (state.kind() == StateKind.SET.code) {
          // An element may become what another one was: all old ones go first. The cursor still
          // sees them.
          batch.deleteRange(prefix, end);
        }
        while (cursor.next()) {
          migrate(cursor.key(), cursor.value());
          if (batch.bytes() > BATCH_BYTES_MAX) {
            batch.commit();
          }
        }
      } catch (IOException | RuntimeException e) {
        throw new StateRestoreException(
            "Expected to bring the values of state '"
                + state.name().stateId()
                + "' of transform '"
                + state.name().transformName()
                + "' to its new coder, but could not: "
                + e
                + ". Restore with the pipeline that took the checkpoint, or change the coder in"
                + " another way",
            e);
      }
    }
    batch.commit();
  }

  private void migrate(byte[] storedKey, byte[] storedValue) throws IOException {
    key.reset();
    value.reset();
    if (state.kind() == StateKind.SET.code) {
      ByteReader in = new ByteReader(storedKey);
      int subKey = subKeyStart(in);
      key.write(storedKey, 0, subKey);
      one(in, key);
      value.bytes(storedValue);
    } else {
      key.bytes(storedKey);
      ByteReader in = new ByteReader(storedValue);
      if (state.kind() == StateKind.BAG.code || state.kind() == StateKind.MULTIMAP.code) {
        chunk(in);
      } else {
        one(in, value);
      }
    }
    batch.put(key, value);
  }

  /** Reads on to the sub-key, and answers where it begins. */
  private static int subKeyStart(ByteReader storedKey) throws IOException {
    int length = storedKey.remaining();
    storedKey.skipNBytes(StateKeyLayout.START_BYTES);
    storedKey.lengthPrefixed();
    storedKey.lengthPrefixed();
    return length - storedKey.remaining();
  }

  private void chunk(ByteReader in) throws IOException {
    int count = in.fixed32();
    value.fixed32(count);
    for (int i = 0; i < count; i++) {
      migration.migrate(in, value);
    }
    requireEnd(in);
  }

  private void one(ByteReader in, ByteWriter out) throws IOException {
    migration.migrate(in, out);
    requireEnd(in);
  }

  private static void requireEnd(ByteReader in) throws IOException {
    if (in.remaining() > 0) {
      throw new IOException(
          "Expected the stored value to end, but the old coder has left "
              + in.remaining()
              + " bytes of it");
    }
  }
}
