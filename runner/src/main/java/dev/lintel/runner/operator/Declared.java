package dev.lintel.runner.operator;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to the states or timers that a DoFn declares, by their ids. There are few, and they
 * are asked for with each element: they are looked at one by one, most by reference alone, since
 * the ids that a DoFn is called with are constants.
 */
final class Declared<T> {
  private final String[] ids;
  private final Object[] values;

  Declared(Map<String, ? extends T> byId) {
    ids = byId.keySet().stream().map(String::intern).toArray(String[]::new);
    values = byId.values().toArray();
  }

  /** Null if none has this id. */
  @SuppressWarnings("unchecked")
  @Nullable T get(String id) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i].equals(id)) {
        return (T) values[i];
      }
    }
    return null;
  }
}
