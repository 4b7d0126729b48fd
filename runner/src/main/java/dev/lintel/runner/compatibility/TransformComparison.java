package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lintel.runner.compatibility.KeptTransform.KeptState;
import dev.lintel.runner.waiting.WaitingElements;
import dev.lintel.state.ValueMigration;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;

/** Compares what one transform keeps with what the checkpoint has of it. */
final class TransformComparison {
  /** Timers belong to a transform as a whole: see {@code dev.lintel.timers}. */
  private static final String[] TIMER_STATES = {"$timers by time", "$timers by id"};

  private final String storedName;
  private final JsonNode stored;
  private final KeptTransform now;
  private final Renames renames;
  private final Findings findings;

  /**
   * @param stored what {@link KeptTransform#toJson} has made of it
   * @param now under its new name
   */
  TransformComparison(
      String storedName, JsonNode stored, KeptTransform now, Renames renames, Findings findings) {
    this.storedName = storedName;
    this.stored = stored;
    this.now = now;
    this.renames = renames;
    this.findings = findings;
  }

  void run() {
    String kind = stored.path(KeptTransform.KIND).asText();
    if (!kind.equals(now.kind())) {
      problem(
          "expected a " + kind + " as in the checkpoint, but it is a " + now.kind() + " now",
          "Give it another name");
      return;
    }
    if (compareProperties()) {
      compareCoders();
      compareStates();
      compareTimers();
    }
  }

  private void problem(String what, String advice) {
    findings.problems.add("transform '" + now.transform() + "': " + what + ". " + advice + ".");
  }

  /** What is said of a side input is said by the name of its collection. */
  private String renamed(String key) {
    String start = KeptTransforms.SIDE_INPUT;
    return key.startsWith(start)
        ? start + renames.applyToCollection(key.substring(start.length()))
        : key;
  }

  private boolean compareProperties() {
    boolean same = true;
    for (Map.Entry<String, JsonNode> each : entries(KeptTransform.PROPERTIES)) {
      String value = now.properties().get(renamed(each.getKey()));
      String storedValue = each.getValue().asText();
      if (value == null && !now.properties().containsKey(KeptTransforms.GROUPED)) {
        findings.left.add(each.getKey() + " of transform '" + storedName + "'");
      } else if (!storedValue.equals(value)) {
        same = false;
        problem(
            "expected "
                + each.getKey()
                + " '"
                + storedValue
                + "' as in the checkpoint, but it is '"
                + value
                + "' now",
            "Give the transform another name, so that it begins without state");
      }
    }
    return same;
  }

  private void compareCoders() {
    for (Map.Entry<String, JsonNode> each : entries(KeptTransform.CODERS)) {
      Coder<?> coder = now.coders().get(renamed(each.getKey()));
      CoderChange change =
          coder == null ? CoderChange.same() : CoderChange.between(each.getValue(), coder);
      if (coder != null && !change.isSame()) {
        problem(
            changed(each.getKey() + " coder", each.getValue(), coder)
                + (change.refusal() == null
                    ? ". This coder may not change at all: what it has written is compared byte by byte"
                    : " (" + change.refusal() + ")"),
            "Give the transform another name, so that it begins without state");
      }
    }
  }

  private static String changed(String what, JsonNode stored, Coder<?> coder) {
    return "expected "
        + what
        + " "
        + CoderDescription.text(stored)
        + " as in the checkpoint, but found "
        + CoderDescription.text(CoderDescription.of(coder));
  }

  // ---- state ----

  private void compareStates() {
    for (Map.Entry<String, JsonNode> each : entries(KeptTransform.STATES)) {
      KeptState state = now.states().get(each.getKey());
      if (state == null) {
        leave(each.getKey());
      } else {
        compare(each.getKey(), each.getValue(), state);
      }
    }
  }

  private void leave(String stateId) {
    findings.left.add("state '" + shown(stateId) + "' of transform '" + storedName + "'");
    findings.leftStates.add(new DictionaryName(storedName, stateId));
  }

  /** A state's id as the user knows it. */
  private static String shown(String stateId) {
    return stateId.substring(1);
  }

  private void compare(String stateId, JsonNode before, KeptState state) {
    String kind = before.path(KeptTransform.KIND).asText();
    if (!kind.equals(state.kind())) {
      problemOfState(
          stateId, "expected " + kind + " as in the checkpoint, but it is " + state.kind());
      return;
    }
    Coder<?> key = state.key();
    JsonNode keyBefore = before.path(KeptTransform.KEY);
    if (key != null && !CoderChange.between(keyBefore, key).isSame()) {
      problemOfState(stateId, changed("key coder", keyBefore, key));
    }
    JsonNode valueBefore = before.path(KeptTransform.VALUE);
    CoderChange change = CoderChange.between(valueBefore, state.value());
    if (change.refusal() != null) {
      problemOfState(
          stateId, changed("coder", valueBefore, state.value()) + " (" + change.refusal() + ")");
    } else if (change.reader() != null) {
      ValueMigration migration = change.migration(state.value());
      findings.migrations.put(
          new DictionaryName(storedName, stateId),
          kind.equals(KeptState.ELEMENTS) ? WaitingElements.migration(migration) : migration);
    }
  }

  private void problemOfState(String stateId, String what) {
    problem(
        "state '" + shown(stateId) + "': " + what,
        "Give the state another id, or the transform another name, so that it begins empty");
  }

  // ---- timers ----

  private void compareTimers() {
    boolean keyed = now.coders().containsKey("key");
    for (Map.Entry<String, JsonNode> each : entries(KeptTransform.TIMERS)) {
      String domain = now.timers().get(each.getKey());
      String before = each.getValue().asText();
      if (domain == null && !keyed) {
        findings.left.add("timer '" + each.getKey() + "' of transform '" + storedName + "'");
      } else if (!before.equals(domain)) {
        problem(
            "expected timer '"
                + each.getKey()
                + "' in "
                + before
                + " as in the checkpoint, but "
                + (domain == null ? "it is gone" : "it is in " + domain + " now"),
            "Timers that have been set will fire: declare it, and let its method do nothing");
      }
    }
    if (!keyed && stored.path(KeptTransform.CODERS).has("key")) {
      for (String each : TIMER_STATES) {
        findings.leftStates.add(new DictionaryName(storedName, each));
      }
    }
  }

  private Iterable<Map.Entry<String, JsonNode>> entries(String part) {
    return () -> stored.path(part).fields();
  }
}
