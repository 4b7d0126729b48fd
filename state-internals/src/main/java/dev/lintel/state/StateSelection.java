package dev.lintel.state;

import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a task takes of stored state: which transforms, under which names they go on, which of their
 * states are left behind, and which values are brought to another coder. Immutable.
 *
 * <p>States are named as in the store, where {@link #userState} and {@link #systemState} tell a
 * user's state from one of Beam's with the same id.
 *
 * @param names of transforms: from the stored one to the one that takes the state
 * @param left states, by their stored names, that nothing takes
 * @param migrations by the stored names of states
 */
public record StateSelection(
    Map<String, String> names,
    Set<DictionaryName> left,
    Map<DictionaryName, ValueMigration> migrations) {
  public StateSelection {
    names = Map.copyOf(names);
    left = Set.copyOf(left);
    migrations = Map.copyOf(migrations);
  }

  /** All state of some transforms, as it is. */
  public static StateSelection of(Set<String> transforms) {
    return new StateSelection(
        transforms.stream().collect(Collectors.toMap(Function.identity(), Function.identity())),
        Set.of(),
        Map.of());
  }

  /** What the store calls a state that a user has declared. */
  public static String userState(String id) {
    return "u" + id;
  }

  /** What the store calls a state that belongs to Beam itself. */
  public static String systemState(String id) {
    return "s" + id;
  }

  /** The name under which a stored state goes on; null if it is not wanted. */
  @Nullable DictionaryName target(DictionaryName stored) {
    String transform = names.get(stored.transformName());
    return transform == null || left.contains(stored)
        ? null
        : new DictionaryName(transform, stored.stateId());
  }
}
