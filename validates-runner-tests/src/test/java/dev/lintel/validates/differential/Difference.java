package dev.lintel.validates.differential;

import dev.lintel.validates.differential.spec.PipelineRequest;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A pipeline with two outcomes.
 *
 * @param expected by DirectRunner
 * @param again how often it differed when it was run again, as in "3 of 3"
 */
record Difference(PipelineRequest request, Outcome expected, Outcome actual, String again) {
  private static final int LINES_MAX = 30;

  String print(String replay) {
    return "Seed "
        + request.seed()
        + " differs ("
        + again
        + " more runs did, too). Replay it with\n  "
        + replay
        + request.seed()
        + "\nThe smallest pipeline found that differs ("
        + request
        + "):\n"
        + request.pipeline().orElseThrow().print()
        + (expected.equals(actual)
            ? "On both runners, although it is a pipeline that should run:\n"
                + print(actual.lines())
            : "On DirectRunner only:\n"
                + print(expected.minus(actual))
                + "On the tested runner only:\n"
                + print(actual.minus(expected)));
  }

  private static String print(List<String> lines) {
    String more = lines.size() > LINES_MAX ? "  and " + (lines.size() - LINES_MAX) + " more\n" : "";
    return lines.stream()
            .limit(LINES_MAX)
            .map(line -> "  " + line + "\n")
            .collect(Collectors.joining())
        + more;
  }
}
