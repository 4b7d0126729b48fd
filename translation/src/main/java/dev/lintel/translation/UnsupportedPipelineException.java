package dev.lintel.translation;

import java.util.List;

/**
 * The pipeline holds something that Lintel can't run. Nothing has been started. The message names
 * every problem at once, so that the caller changes the pipeline once; there is no use in running
 * the same pipeline again.
 */
public final class UnsupportedPipelineException extends UnsupportedOperationException {
  private static final long serialVersionUID = 1;

  /**
   * One thing that can't be run.
   *
   * @param transform the user's full name of the transform
   * @param reason a sentence: what was expected and what was found
   * @param remedy a sentence: what the user can do
   */
  public record Problem(String transform, String reason, String remedy) {}

  private final transient List<Problem> problems;

  UnsupportedPipelineException(List<Problem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** Every problem of the pipeline, in the order in which an element would meet them. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(List<Problem> problems) {
    StringBuilder text =
        new StringBuilder("Expected a pipeline that Lintel can run, but found ")
            .append(problems.size())
            .append(problems.size() == 1 ? " problem" : " problems")
            .append(" (nothing was started):");
    int number = 0;
    for (Problem each : problems) {
      text.append("\n  ").append(++number).append(". Transform \"").append(each.transform());
      text.append("\": ").append(each.reason()).append(' ').append(each.remedy());
    }
    return text.toString();
  }
}
