package dev.lintel.runner.compatibility;

import dev.lintel.state.ValueMigration;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a comparison finds. <i>Ownership:</i> one {@link Compatibility}, while it is made. */
final class Findings {
  /** In words for users, each with what to do. */
  final List<String> problems = new ArrayList<>();

  /** What of the checkpoint nothing takes, in words. */
  final List<String> left = new ArrayList<>();

  /** By their stored names, as all that follows. */
  final Set<String> leftTransforms = new HashSet<>();

  final Set<DictionaryName> leftStates = new HashSet<>();
  final Map<DictionaryName, ValueMigration> migrations = new HashMap<>();
}
