package dev.lintel.translation;

import dev.lintel.translation.UnsupportedPipelineException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is wrong with a pipeline while it is translated, so that one error tells it all.
 */
final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();
  private final List<Throwable> causes = new ArrayList<>();

  void add(String transform, String reason, String remedy) {
    found.add(new Problem(transform, reason, remedy));
  }

  /** A problem that Beam reported by throwing: the error carries the stack trace along. */
  void add(String transform, String reason, String remedy, Throwable cause) {
    add(transform, reason, remedy);
    causes.add(cause);
  }

  void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    UnsupportedPipelineException error = new UnsupportedPipelineException(List.copyOf(found));
    causes.forEach(error::addSuppressed);
    throw error;
  }
}
