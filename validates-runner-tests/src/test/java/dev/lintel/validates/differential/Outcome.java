package dev.lintel.validates.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * What came of a pipeline on one runner.
 *
 * @param lines its end state, then all that was observed, then metrics
 */
record Outcome(List<String> lines) {

  /** An outcome that no runner gives by itself: it hung, or its process ended. */
  static Outcome ofBrokenProcess(String what) {
    return new Outcome(List.of(what));
  }

  /** Whether the pipeline failed although it should not: it tells nothing then, and is a bug. */
  boolean isUnexpected() {
    return !lines.get(0).equals("DONE") && !lines.get(0).equals("FAILED as it should");
  }

  /** The lines of this outcome that the other one has not, counting repeated ones. */
  List<String> minus(Outcome other) {
    List<String> rest = new ArrayList<>(lines);
    other.lines.forEach(rest::remove);
    return rest;
  }
}
